/** The type of a registration in Pulumi's state. */
export const resourceType = "pulumi-nodejs:dynamic/vcc:VccProvider";

/**
 * The code that the state stores for each registration, twice, and that `destroy` may run years
 * later. It only loads the installed package, so that every fix reaches every registration, and the
 * code contains no secret. It never changes after a release. It has no double quotes: the state would
 * store two characters for each.
 *
 * Node.js looks for the package from the working directory of the provider process, which is that of
 * the program. (A path of the declaring process would be one of its machine.) A plain `require` looks
 * from Pulumi's SDK with Yarn's Plug'n'Play, which finds only what the root of a workspace depends on.
 * Without the package, `check` and `delete` fail, and say what to install and where. `check`
 * precedes every create and update. Without `read`, the provider process returns the state unchanged. It prints
 * the stack of the error, which is therefore empty.
 */
export const providerCode =
  "exports.handler=f=>{let d=process.cwd();try{return require('module').createRequire(d+'/')('pulumi-vcc/dynamic')}" +
  "catch(e){if(e.code)e.message='Install pulumi-vcc in '+d+'. '+/.*/.exec(e.message);e.stack='';return{check:f=_=>{throw e},delete:f}}}";
