/** A float32 tensor: its shape, and its values row by row. */
export interface Tensor {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/**
 * Writes tensors as a safetensors file: the length of the header in 8 bytes, the JSON header (padded with spaces so that
 * the data starts at a multiple of 8), and the contiguous data in header order. Numbers are little-endian.
 *
 * Format: https://huggingface.co/docs/safetensors/index#format
 *
 * @param metadata becomes `__metadata__`, which may contain only strings
 * @throws RangeError if a shape does not match the number of values
 */
export function safetensors(
  tensors: Readonly<Record<string, Tensor>>,
  metadata: Readonly<Record<string, string>> = {},
): Buffer {
  const header: Record<string, unknown> = { __metadata__: metadata };
  const data: Buffer[] = [];
  let offset = 0;
  for (const [name, { shape, values }] of Object.entries(tensors)) {
    const length = shape.reduce((product, side) => product * side, 1);
    if (length !== values.length) throw new RangeError(`Tensor ${name} holds ${values.length} values, not ${length}`);
    const bytes = littleEndian(values);
    header[name] = { dtype: 'F32', shape, data_offsets: [offset, offset + bytes.length] };
    data.push(bytes);
    offset += bytes.length;
  }
  return Buffer.concat([...headerBytes(JSON.stringify(header)), ...data]);
}

function headerBytes(json: string): [Buffer, Buffer] {
  const text = Buffer.from(json, 'utf8');
  const padded = Buffer.concat([text, Buffer.alloc((8 - (text.length % 8)) % 8, ' ')]);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(padded.length));
  return [length, padded];
}

function littleEndian(values: Float32Array): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  for (let i = 0; i < values.length; i++) bytes.writeFloatLE(values[i]!, i * 4);
  return bytes;
}

/**
 * Reads the `__metadata__` of a safetensors file.
 *
 * @throws RangeError if the bytes are not such a file
 */
export function safetensorsMetadata(file: Buffer): Readonly<Record<string, string>> {
  const headerLength = file.length < 8 ? Infinity : Number(file.readBigUInt64LE(0));
  if (headerLength > file.length - 8) throw new RangeError('Not a safetensors file');
  const { __metadata__: metadata } = parseHeader(file.toString('utf8', 8, 8 + headerLength));
  return metadata ?? {};
}

function parseHeader(json: string): { readonly __metadata__?: Readonly<Record<string, string>> } {
  try {
    return JSON.parse(json) as ReturnType<typeof parseHeader>;
  } catch {
    throw new RangeError('Not a safetensors file');
  }
}
