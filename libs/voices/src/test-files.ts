import { TestSampleEntity, type Transaction } from '#libs/database';
import { keepReplacedSeconds, removeObjects } from '#libs/storage';

/** Removes test samples of a voice whose row is locked; their bytes go once nobody can be reading them any more. */
export async function removeTestSamples(
  tx: Transaction,
  which: { readonly voiceId: string; readonly ttsType?: string },
): Promise<void> {
  const files = await tx.find(TestSampleEntity, { where: which, select: { objectKey: true } });
  if (files.length === 0) return;
  await removeObjects(
    tx,
    files.map((file) => file.objectKey),
    keepReplacedSeconds,
  );
  await tx.delete(TestSampleEntity, which);
}
