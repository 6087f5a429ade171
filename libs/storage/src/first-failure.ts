/** Runs all parts of a task although some fail, and throws the first failure at the end. */
export class FirstFailure {
  private first: { readonly error: unknown } | undefined;

  /** Runs one part. Never rejects. */
  async outlast(part: () => Promise<unknown>): Promise<void> {
    try {
      await part();
    } catch (error) {
      this.first ??= { error };
    }
  }

  throwIfAny(): void {
    if (this.first) throw this.first.error;
  }
}
