/** How far the filter reaches to either side; the window ends one sample further. */
const REACH = 23;

/**
 * One side of a half-band low-pass, at the distances 1, 3, 5, …: a windowed sinc (Blackman) that cuts at a quarter of the
 * sample rate. At even distances it is 0, in the middle ½.
 */
const side = Float64Array.from({ length: (REACH + 1) / 2 }, (_, i) => {
  const distance = 2 * i + 1;
  const turn = (Math.PI * distance) / (REACH + 1);
  const window = 0.42 + 0.5 * Math.cos(turn) + 0.08 * Math.cos(2 * turn);
  return (window * Math.sin((Math.PI * distance) / 2)) / (Math.PI * distance);
});

/** The same audio at half the sample rate, without what lies above the new band. */
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
