// Next.js: `app/vcc/[[...path]]/route.ts`. One route serves both paths, because routes may not share memory. Register
// `witness: "https://crm.example.com/vcc/witness"`.

import { createReceiver } from "pulumi-vcc/receiver";

const receiver = createReceiver({
  path: "/vcc",
  witnessPath: "/vcc/witness",
  headers: { Authorization: `Bearer ${process.env.CALLBACK_TOKEN}` },
  witnessToken: `${process.env.VCC_WITNESS_TOKEN}`,
  onNotification: ({ notification, objectid }) => console.log(notification, objectid),
  onError: console.error,
});

export const POST = receiver.fetch;
export const GET = receiver.fetch;
