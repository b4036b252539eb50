/**
 * Waits for statements that are sent together, as none needs another's answer: one round trip. Where one
 * fails, the others are waited for too: none may be sent once the transaction is rolled back.
 *
 * @throws what the first that failed threw
 */
export async function together<const Work extends readonly unknown[]>(
  ...work: Work
): Promise<{ -readonly [Index in keyof Work]: Awaited<Work[Index]> }> {
  try {
    return await Promise.all(work);
  } finally {
    await Promise.allSettled(work);
  }
}
