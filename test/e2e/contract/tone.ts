const samplesPerSecond = 8_000;

/** Makes a WAV of a tone without ffmpeg. At 16 kB a second it keeps tests fast that are not about sound. */
export function toneWav(seconds: number, hertz = 220): Buffer {
  const samples = Math.round(seconds * samplesPerSecond);
  const wav = Buffer.alloc(44 + samples * 2);
  wav.write('RIFF', 0);
  wav.writeUInt32LE(36 + samples * 2, 4);
  wav.write('WAVEfmt ', 8);
  wav.writeUInt32LE(16, 16);
  wav.writeUInt16LE(1, 20); // PCM
  wav.writeUInt16LE(1, 22); // mono
  wav.writeUInt32LE(samplesPerSecond, 24);
  wav.writeUInt32LE(samplesPerSecond * 2, 28);
  wav.writeUInt16LE(2, 32);
  wav.writeUInt16LE(16, 34);
  wav.write('data', 36);
  wav.writeUInt32LE(samples * 2, 40);
  for (let at = 0; at < samples; at += 1) {
    const value = Math.sin((2 * Math.PI * hertz * at) / samplesPerSecond);
    wav.writeInt16LE(Math.round(8_000 * value), 44 + at * 2);
  }
  return wav;
}

/** Makes a form with a tone in its field `file`. */
export function toneForm(
  seconds: number,
  fields: Readonly<Record<string, string>> = {},
  filename = 'tone.wav',
): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  form.set('file', new Blob([toneWav(seconds)]), filename);
  return form;
}
