import { describe, expect, it } from 'vitest';
import { unpackLz4 } from '../../../exporters/security/lz4.ts';

describe('unpackLz4', () => {
  const plain = `${Array.from({ length: 20_000 }, (_, i) => `line ${i % 13}\n`).join('')}the end`;
  // Three blocks of 64 KiB that refer to each other: `lz4 -B4 -BD` 1.9 of that text.
  const PACKED = Buffer.from(
    'BCJNGERAXkwBAABxbGluZSAwCgcAEjEHABIyBwASMwcAEjQHABI1BwASNgcAEjcHABI4BwASOQcAFDFHAANIABMxSQAEFwACJgADFQAPXgD/////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////cFAKbGluZQoBAAAPkP//////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////6FBlIDQKbHkAAADCaW5lIDUKbGluZSA2BwASNwcAEjgHABI5BwAjMTAIABMxCAASMggABBcAAg4AAxUAEjMOABI0BwAPXgD/////////////////////////////////////////////////////////////////////pXB0aGUgZW5kAAAAAAD37Ho=',
    'base64',
  );
  it('unpacks blocks that refer to earlier ones', () => {
    const blocks = [...unpackLz4(PACKED)];
    expect(blocks.length).toBeGreaterThan(1);
    expect(Buffer.concat(blocks).toString()).toBe(plain);
  });

  it('refuses what is no frame, and a frame that is cut off', () => {
    expect(() => [...unpackLz4(Buffer.from('not packed at all'))]).toThrow('not an LZ4 frame');
    expect(() => [...unpackLz4(PACKED.subarray(0, 20))]).toThrow('ends in the middle');
    expect(() => [...unpackLz4(PACKED.subarray(0, -8))]).toThrow('has no end');
  });
});
