/** POSTs JSON to the console's server. Throws with the server's message where it refuses, and where it does not answer. */
export async function post(path: string, body: unknown, signal?: AbortSignal): Promise<Response> {
  const headers = { 'Content-Type': 'application/json' };
  const request = { method: 'POST', headers, body: JSON.stringify(body), ...(signal && { signal }) };
  const response = await fetch(path, request).catch((error: unknown) => {
    if (signal?.aborted) throw error;
    throw new Error('The console does not answer: is npm run console still running?');
  });
  if (response.ok) return response;
  const { message } = await response.json();
  throw new Error(String(message));
}
