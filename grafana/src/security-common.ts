/** What panels say where there is nothing to show, and why. */
export const OFF = 'the module security is off';
export const NO_CERTIFICATES = 'SECURITY_CERTIFICATES is empty';
export const NO_PACKAGES = 'not a Debian-family host';

/** Columns without information: the same in every row. */
export const HIDDEN = ['__name__', 'job', 'service'];

export const DAY_SECONDS = 86_400;
