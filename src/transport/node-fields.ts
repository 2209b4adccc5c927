// What `http`, `net`, `tls` and streams read from their options. All of them together: one that is not theirs is not read.
const nodeOptions = [
  ...[
    'agent',
    '_defaultAgent',
    'auth',
    'socketPath',
    'timeout',
    'signal',
    'setHost',
    'hostname',
    'defaultPort',
    'protocol',
  ],
  ...['joinDuplicateHeaders', 'uniqueHeaders', 'createConnection', 'insecureHTTPParser', 'maxHeaderSize', 'path', 'fd'],
  ...[
    'handle',
    'localAddress',
    'localPort',
    'family',
    'hints',
    'lookup',
    'onread',
    'keepAlive',
    'keepAliveInitialDelay',
  ],
  ...['blockList', 'allowHalfOpen', 'pauseOnCreate', 'manualStart', 'readable', 'writable', 'objectMode', 'encoding'],
  ...['readableObjectMode', 'writableObjectMode', 'defaultEncoding', 'highWaterMark', 'readableHighWaterMark'],
  ...[
    'writableHighWaterMark',
    'read',
    'write',
    'writev',
    'final',
    'construct',
    'cert',
    'key',
    'passphrase',
    'pfx',
    'crl',
  ],
  ...[
    'ca',
    'ciphers',
    'ecdhCurve',
    'dhparam',
    'sigalgs',
    'secureContext',
    'secureProtocol',
    'secureOptions',
    'maxVersion',
  ],
  ...['sessionIdContext', 'sessionTimeout', 'ticketKeys', 'pskCallback', 'privateKeyEngine', 'privateKeyIdentifier'],
  ...['clientCertEngine', 'allowPartialTrustChain', 'requestOCSP', 'enableTrace', 'honorCipherOrder', 'isServer'],
  ...['requestCert', 'SNICallback', 'ALPNCallback', 'socket', 'session', 'servername', 'proxyEnv', 'typeOfService'],
]

const noOptions: object = Object.fromEntries(nodeOptions.map((name) => [name, undefined]))

/** Options with own fields only, for Node, which copies them: what is not set is an own `undefined`. */
export const nodeFields = <A extends object>(options: A): A => Object.assign(Object.create(null), noOptions, options)
