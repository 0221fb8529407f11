/**
 * What the state stores as the code of each registration, and what `destroy` runs years later. It
 * only finds the installed package, so fixes reach every registration and no secret can be captured
 * in it. It is constant across releases and at most 250 bytes.
 *
 * Without the package, reading repeats the state, and everything that would have to act fails.
 */
export const providerCode =
  'exports.handler=()=>{try{return require("pulumi-vcc/dynamic").lifecycle}' +
  'catch(e){const f=async()=>{throw Error("pulumi-vcc cannot be loaded: "+e.message)};' +
  "return{check:f,diff:f,create:f,update:f,delete:f,read:async(id,props)=>({id,props})}}}";
