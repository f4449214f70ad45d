const MAGIC = 0x184d2204;
/** How far back a copy may reach, over the border of a block too. */
const WINDOW = 64 * 1024;

/**
 * Unpacks an LZ4 frame block by block, the format in which apt keeps its lists where `Acquire::GzipIndexes` is on; Node has none for it.
 * Checksums are not compared: apt did when it fetched the file. Throws where the bytes are no such frame.
 */
export function* unpackLz4(input: Buffer): Generator<Buffer> {
  if (input.length < 7 || input.readUInt32LE(0) !== MAGIC) throw new Error('not an LZ4 frame');
  const flags = input[4] ?? 0;
  const hasBlockChecksums = (flags & 0x10) !== 0;
  // Behind magic, flags and block size: the size of the content (8 bytes) and the dictionary (4), where there are, and the header's checksum.
  let at = 6 + ((flags & 0x08) !== 0 ? 8 : 0) + ((flags & 0x01) !== 0 ? 4 : 0) + 1;
  let window: Buffer = Buffer.alloc(0);
  for (;;) {
    if (at + 4 > input.length) throw new Error('the LZ4 frame has no end');
    const head = input.readUInt32LE(at);
    at += 4;
    if (head === 0) return;
    const size = head & 0x7fffffff;
    const block = input.subarray(at, at + size);
    if (block.length < size) throw new Error('the LZ4 frame ends in the middle of a block');
    const out = new Growing(window);
    // The highest bit marks a block that was not worth packing.
    if ((head & 0x80000000) !== 0) out.append(block);
    else unpackBlock(block, out);
    yield out.bytes(window.length);
    window = Buffer.from(out.last(WINDOW));
    at += size + (hasBlockChecksums ? 4 : 0);
  }
}

/** Literals, and copies of what was unpacked before, by turns. */
function unpackBlock(block: Buffer, out: Growing): void {
  let at = 0;
  const byte = (): number => {
    const value = block[at++];
    if (value === undefined) throw new Error('the LZ4 block ends too early');
    return value;
  };
  const length = (nibble: number): number => {
    let sum = nibble;
    for (let more = nibble === 15 ? 255 : 0; more === 255;) {
      more = byte();
      sum += more;
    }
    return sum;
  };
  while (at < block.length) {
    const token = byte();
    const literals = length(token >> 4);
    out.append(block.subarray(at, at + literals));
    at += literals;
    if (at >= block.length) return;
    const offset = byte() | (byte() << 8);
    out.copy(offset, length(token & 15) + 4);
  }
}

/** Bytes that become more, behind those of the window. */
class Growing {
  #buffer: Buffer;
  #length: number;

  constructor(window: Buffer) {
    this.#buffer = Buffer.alloc(1 << 19);
    window.copy(this.#buffer);
    this.#length = window.length;
  }

  append(bytes: Buffer): void {
    this.#reserve(bytes.length);
    bytes.copy(this.#buffer, this.#length);
    this.#length += bytes.length;
  }

  copy(offset: number, count: number): void {
    if (offset === 0 || offset > this.#length) throw new Error('the LZ4 block refers to bytes before its beginning');
    this.#reserve(count);
    // One by one: what is copied may be what this very copy writes.
    for (let i = 0; i < count; i += 1) this.#buffer[this.#length + i] = this.#buffer[this.#length + i - offset] ?? 0;
    this.#length += count;
  }

  bytes(from: number): Buffer {
    return this.#buffer.subarray(from, this.#length);
  }

  last(count: number): Buffer {
    return this.bytes(Math.max(0, this.#length - count));
  }

  #reserve(count: number): void {
    if (this.#length + count <= this.#buffer.length) return;
    const larger = Buffer.alloc(Math.max(this.#buffer.length * 2, this.#length + count));
    this.#buffer.copy(larger, 0, 0, this.#length);
    this.#buffer = larger;
  }
}
