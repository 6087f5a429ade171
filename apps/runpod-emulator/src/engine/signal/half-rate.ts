/** Reach of the filter to either side. The window ends one sample further. */
const reach = 23;

/**
 * One side of a half-band low-pass filter, at the distances 1, 3, 5, …: a windowed sinc (Blackman) that cuts at a quarter
 * of the sample rate. It is 0 at even distances and ½ in the middle.
 */
const side = Float64Array.from({ length: (reach + 1) / 2 }, (_, i) => {
  const distance = 2 * i + 1;
  const turn = (Math.PI * distance) / (reach + 1);
  const window = 0.42 + 0.5 * Math.cos(turn) + 0.08 * Math.cos(2 * turn);
  return (window * Math.sin((Math.PI * distance) / 2)) / (Math.PI * distance);
});

/** Resamples audio to half the sample rate, without frequencies above the new band. */
export function halfRate(samples: Float32Array): Float32Array {
  const halved = new Float32Array(Math.ceil(samples.length / 2));
  for (let at = 0; at < halved.length; at++) {
    const middle = 2 * at;
    let sum = samples[middle]! / 2;
    for (let i = 0; i < side.length; i++) {
      const distance = 2 * i + 1;
      sum += side[i]! * ((samples[middle - distance] ?? 0) + (samples[middle + distance] ?? 0));
    }
    halved[at] = sum;
  }
  return halved;
}
