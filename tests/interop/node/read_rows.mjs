// SPDX-License-Identifier: Apache-2.0
// Reads rows of a device profile with npm modbus-serial: node read_rows.mjs DEVICE BAUD UNIT < rows, one JSON line
// {"name", "address", "registers"} each; prints {"name": [registers] or "exception n"}.
import { readFileSync } from "node:fs";
import ModbusRTU from "modbus-serial";

const [device, baud, unit] = process.argv.slice(2);
const rows = readFileSync(0, "utf8").trim().split("\n").map((line) => JSON.parse(line));
const client = new ModbusRTU();
await client.connectRTUBuffered(device, { baudRate: Number(baud), parity: "none", dataBits: 8, stopBits: 1 });
client.setID(Number(unit));
client.setTimeout(3000);
const found = {};
for (const row of rows) {
  try {
    const read = row.input ? client.readInputRegisters(row.address, row.registers)
      : client.readHoldingRegisters(row.address, row.registers);
    found[row.name] = (await read).data;
  } catch (error) {
    if (error.modbusCode === undefined) throw error;
    found[row.name] = `exception ${error.modbusCode}`;
  }
}
console.log(JSON.stringify(found));
client.close(() => process.exit(0));
