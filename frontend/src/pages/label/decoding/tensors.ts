/** Named arrays out of the layout of safetensors, as the server keeps embeddings: eight bytes of length, a JSON head, numbers. */
export interface Tensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

interface Told {
  readonly dtype: string;
  readonly shape: number[];
  readonly data_offsets: [number, number];
}

export function unpacked(bytes: ArrayBuffer): Map<string, Tensor> {
  const length = Number(new DataView(bytes).getBigUint64(0, true));
  const head: Record<string, Told> = JSON.parse(new TextDecoder().decode(new Uint8Array(bytes, 8, length)));
  return new Map(
    Object.entries(head).map(
      ([
        name,
        {
          dtype,
          shape,
          data_offsets: [first, last],
        },
      ]) => {
        const body = bytes.slice(8 + length + first, 8 + length + last); // wherever it begins, the copy is aligned
        if (dtype === "F16") return [name, { shape, data: singles(new Uint16Array(body)) }];
        if (dtype === "F32") return [name, { shape, data: new Float32Array(body) }];
        throw new Error(`a tensor is ${dtype}, not F16 or F32`);
      },
    ),
  );
}

let table: Float32Array | null = null;

/** Numbers of half precision, by a table of all of them: an embedding has a million and more. */
function singles(halves: Uint16Array): Float32Array {
  table ??= Float32Array.from({ length: 1 << 16 }, (_, half) => single(half));
  const all = table;
  return Float32Array.from(halves, (half) => all[half] as number);
}

export function single(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 31;
  const fraction = half & 1023;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return exponent ? sign * 2 ** (exponent - 15) * (1 + fraction / 1024) : sign * 2 ** -14 * (fraction / 1024);
}
