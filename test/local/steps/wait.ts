/** Asks again and again until there is an answer; `what` says in the error what did not come. */
export async function waitFor<T>(what: string, ask: () => Promise<T | undefined>, seconds = 60): Promise<T> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) {
      return answer;
    }
    if (Date.now() > deadline) {
      throw new Error(`${what} did not happen within ${seconds} seconds`);
    }
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}
