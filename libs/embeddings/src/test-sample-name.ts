/** Returns the file name of a test sample: `test_{sample_index}_{sentence_index}.opus`. */
export function testSampleFilename(sampleIndex: number, sentenceIndex: number): string {
  return `test_${sampleIndex}_${sentenceIndex}.opus`;
}

/** Parses a name that {@link testSampleFilename} made. @returns null for any other name */
export function parseTestSampleFilename(
  filename: string,
): { readonly sampleIndex: number; readonly sentenceIndex: number } | null {
  const match = /^test_([1-9]\d{0,8})_([1-9]\d{0,8})\.opus$/.exec(filename);
  return match ? { sampleIndex: Number(match[1]), sentenceIndex: Number(match[2]) } : null;
}

/** Whether a text may be a tts type. Reads and deletes accept any such word, configured or not. */
export function isTtsType(text: string): boolean {
  return /^[a-z0-9_-]{1,64}$/.test(text);
}
