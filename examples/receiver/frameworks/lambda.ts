// AWS Lambda, behind an API Gateway or a function URL. Lambdas share no memory, so the receiver needs a store. Behind
// an HTTP API, paths include the stage, unless it is `$default`. For the stage `prod`, set
// `witnessPath: "/prod/.well-known/vcc-registration"`, and register its URL as `witness`.

import { Hono } from "hono";
import { handle } from "hono/aws-lambda";
import { createReceiver } from "pulumi-vcc/receiver";

const receiver = createReceiver({
  headers: { Authorization: `Bearer ${process.env.CALLBACK_TOKEN}` },
  witnessToken: `${process.env.VCC_WITNESS_TOKEN}`,
  onNotification: ({ notification, objectid }) => console.log(notification, objectid),
  onError: console.error,
});

const app = new Hono().all("*", (context) => receiver.fetch(context.req.raw));
export const handler = handle(app);
