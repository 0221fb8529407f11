// Express. Body parsers may come before the receiver or after it.

import express from "express";
import { createReceiver } from "pulumi-vcc/receiver";

const receiver = createReceiver({
  path: "/vcc",
  headers: { Authorization: `Bearer ${process.env.CALLBACK_TOKEN}` },
  witnessToken: `${process.env.VCC_WITNESS_TOKEN}`,
  onNotification: ({ notification, objectid }) => console.log(notification, objectid),
  onError: console.error,
});

export const app = express();
// Requests for other paths go to the next handler.
app.use(receiver.node);
app.use(express.json());
