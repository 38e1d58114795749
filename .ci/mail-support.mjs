// Prints what mail programs do not support, or only in part, of the HTML on
// standard input: [{client, feature, support, notes}], each once.
import { readFileSync } from "node:fs";
import { caniemail } from "caniemail";

const clients = ["outlook.windows", "gmail.*", "apple-mail.*"];
const { issues } = caniemail({ clients, html: readFileSync(0, "utf8") });
const found = new Map();
for (const byClient of [issues.errors, issues.warnings]) {
	for (const [client, features] of byClient) {
		for (const { title, support, notes } of features) {
			found.set(`${client} ${title}`, { client, feature: title, support, notes });
		}
	}
}
console.log(JSON.stringify([...found.values()]));
