/**
 * Serves the SDK's own dynamic provider to engines that attach to it (PULUMI_DEBUG_PROVIDERS), which saves
 * the start of a process for each operation. An operation begins with Configure: each gets what a new process
 * would load.
 */
const { join } = require("node:path");
const grpc = require("@grpc/grpc-js");
const { Empty } = require("google-protobuf/google/protobuf/empty_pb");
const { ResourceProviderService } = require("@pulumi/pulumi/proto/provider_grpc_pb");

const script = require.resolve("@pulumi/pulumi/cmd/dynamic-provider");
const built = join(__dirname, "../../dist/");
const { env } = process;
let provider = load();

/** The SDK does not export its provider: it is what the script wants to serve. */
function load() {
  for (const file of Object.keys(require.cache)) {
    if (file === script || file.startsWith(built)) delete require.cache[file];
  }
  const { addService, bindAsync } = grpc.Server.prototype;
  const { log } = console;
  let implementation;
  grpc.Server.prototype.addService = (_service, served) => {
    implementation = served;
  };
  grpc.Server.prototype.bindAsync = () => {};
  console.log = () => {};
  process.argv[2] = require("node:crypto").randomUUID();
  require(script);
  Object.assign(grpc.Server.prototype, { addService, bindAsync });
  console.log = log;
  return implementation;
}

const handlers = Object.fromEntries(
  Object.keys(ResourceProviderService).map((method) => [
    method,
    (call, callback) => provider[method](call, callback),
  ]),
);

process.stderr.write = (text) => {
  process.send({ log: String(text) });
  return true;
};

process.on("message", ({ environment }) => {
  process.env = { ...env, ...environment };
  process.send({ ready: true });
});

const server = new grpc.Server();
server.addService(ResourceProviderService, {
  ...handlers,
  attach: (_call, callback) => callback(null, new Empty()),
  configure(call, callback) {
    provider = load();
    provider.configure(call, callback);
  },
});
server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  process.send({ port });
});
