// SPDX-License-Identifier: Apache-2.0
// Reads a meter once through the library smartmeter-obis and prints what it found, one `code=value` a line.
'use strict';
const obis = require('smartmeter-obis');

const options = {
  protocol: 'D0Protocol',
  transport: 'SerialRequestResponseTransport',
  transportSerialPort: process.argv[2],
  transportSerialBaudrate: 300,
  transportSerialDataBits: 8, // a pseudo-terminal takes no parity
  transportSerialParity: 'none',
  transportSerialMessageTimeout: 60000,
  requestInterval: -1,
  obisNameLanguage: 'en',
  obisFallbackMedium: 1,
};

const transport = obis.init(options, (error, found) => {
  if (error) {
    console.error(error.message);
    process.exit(1);
  }
  for (const id of Object.keys(found)) console.log(`${found[id].idToString()}=${found[id].valueToString()}`);
  process.exit(0);
});
transport.process();
