/// <reference no-default-lib="true" />
/// <reference lib="deno.worker" />
/** Decodes the pictures it is sent and answers with each, or with why it could not. */
import { decodeImage } from "../src/image/decode.ts";

self.onmessage = async ({ data }: MessageEvent<Uint8Array<ArrayBuffer>>) => {
  const answer = await decodeImage(data, { grey: "luma" }).catch((error: Error) => error.message);
  self.postMessage(answer);
};
