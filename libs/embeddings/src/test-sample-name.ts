/** Which test sample a file name means: `test_{sample_index}_{sentence_index}.opus`; null for any other name. */
export function parseTestSampleFilename(
  filename: string,
): { readonly sampleIndex: number; readonly sentenceIndex: number } | null {
  const match = /^test_([1-9]\d{0,8})_([1-9]\d{0,8})\.opus$/.exec(filename);
  return match ? { sampleIndex: Number(match[1]), sentenceIndex: Number(match[2]) } : null;
}

/** Could this be a tts type? Reads and deletes take any such word, whether it is configured or not. */
export function isTtsType(text: string): boolean {
  return /^[a-z0-9_-]{1,64}$/.test(text);
}
