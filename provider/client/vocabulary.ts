import { STATUS_CODES } from "node:http";

/** Lower case. Error codes are whole words: a secret that contains "client" hides none of them. */
const words = `
  access_denied insufficient_scope invalid_client invalid_grant invalid_request invalid_scope
  invalid_token server_error temporarily_unavailable unauthorized_client unsupported_grant_type
  a about above accept accepted access account accounts action actions active actual add admin after
  again all allow allowed already also an and another any apac api app application are argument
  array as ask assigned at attempt audience auth authenticate authenticated authentication
  authorization authorize authorized available back bad base be because been before begin bearer
  basic between blocked body boolean both bytes but by cache call called caller can cannot case cc
  certificate challenge change changed character characters charset check client clients closed code
  com configuration configured conflict connect connection contact contain contains content context
  continue convert converted correct could create created credential credentials data database date
  default delete denied deny deprecated description detail details did different directory disabled
  dispatch distinct do document does domain down due duplicate during early edge either element
  email emea empty enabled encoding end endpoint endpoints enough entity enum error errors event
  exceed exceeded exceeds exception exist existing exists expected expire expired expires
  extra fail failed fails failure fair false field fields file find for forbidden form format found
  from gateway get given got grant granted group has have header headers hold host html http https id
  identifier ids if ignored illegal in inactive inbound incomplete incorrect information input
  instead insufficient integer interaction interactions internal invalid invoke is issuer it item
  items its json key known large later least length less limit limited limits list local locked login
  logged long longer maintenance malformed many match matches maximum may media message messages
  method minimum minutes mismatch missing mode moment more most must nam name named names
  network new newvoicemedia no non none not notification notifications null number object objects
  occurred of off on once one only operation operations option optional or org origin other out over
  overload overloaded page parameter parameters params parse parsed password path payload per
  permission permissions permit permitted perform performed please policy port post present
  previous problem process processed processing property protocol provide provided provider
  providers proxy quota range rate reached read ready reason received reference refused register
  registered registration registrations reject rejected release released remote remove removed
  request requested requests require required requires reset resource resources response responses
  result retry return returned revoked role route routes rule same schema scope scopes second
  seconds secret secure security see send sent server service services session set settings should
  signature size slow some something sorry source started state status stopped store string
  subscription success such suitable supplied support supported system temporarily temporary tenant
  than that the their then there these they this throttled throttling time timed timeout timing title to
  token tokens too transfer true try two type types unable unauthenticated unauthorized unavailable
  unexpected unhandled unknown unless unrecognized unreachable unsupported until unverified
  up update updated upstream url urls usage use used user users using valid validation
  value values vcc vendor verify version via vonage wait was we web went were when where whether
  which while will with within without write wrong xml you your
  accountname agent agentactionspermitted agentid agents externalid linkeddata notificationid
  objectid requestid routingdata
  can't doesn't don't isn't
  application/vnd.newvoicemedia.v1+json application/x-www-form-urlencoded
`;

const vocabulary = new Set([
  ...words.trim().split(/\s+/),
  ...Object.values(STATUS_CODES).flatMap((reason = "") => reason.toLowerCase().split(/[ -]/)),
]);

/**
 * Whether messages of VCC, OAuth servers and gateways use a word, in any case: those of the API's
 * and OAuth's documentation, names of fields and headers that no user chooses, and the English of
 * error messages.
 */
export function isKnownWord(word: string): boolean {
  return vocabulary.has(word.toLowerCase());
}
