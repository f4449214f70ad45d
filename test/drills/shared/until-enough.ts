/** A shell script that repeats a burst every 20 seconds, until there is a file `/tmp/enough`. */
export const untilEnough = (burst: string): string => `while [ ! -e /tmp/enough ]; do ${burst}; sleep 20; done`;
