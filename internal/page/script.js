"use strict";
// The filters. Without this script the whole page is there, and they are not.
(() => {
	const form = document.getElementById("filters");
	if (!form) return;
	const said = document.getElementById("said");
	const mostOpened = 2000; // rows that filters open: more than that is slow, and nobody reads it
	const field = row => (name => row.getElementsByClassName(name)[0]?.textContent ?? "");

	// Parts are the tables of a list or of a register, with their rows.
	const blocks = Array.from(document.getElementsByClassName("block"), element => ({
		element,
		severity: element.dataset.severity, // undefined: rows with their statuses
		counter: element.getElementsByClassName("n")[0],
		all: element.getElementsByClassName("n")[0].textContent,
		parts: Array.from(element.getElementsByClassName("part"), part => ({
			element: part, counter: part.getElementsByClassName("found")[0], opened: false,
			rows: Array.from(part.querySelectorAll("tbody > tr"), row => {
				const of = field(row);
				return { element: row, text: row.textContent.toLowerCase(), owner: of("o"), book: element.dataset.book ?? of("w") };
			}),
		})),
	}));

	const hide = (element, yes) => { if (element.hidden !== yes) element.hidden = yes; };

	function apply() {
		const words = form.q.value.toLowerCase().split(/\s+/).filter(Boolean);
		const owner = form.owner.value, severity = form.severity.value, book = form.workbook.value;
		const on = words.length > 0 || owner !== "" || severity !== "" || book !== "";
		const fits = row => (owner === "" || row.owner === owner) && (book === "" || row.book === book) && words.every(word => row.text.includes(word));
		let findings = 0, of = 0, rows = 0, room = mostOpened;
		for (const block of blocks) {
			const isList = block.severity !== undefined;
			const isOut = severity !== "" && block.severity !== severity;
			let here = 0;
			for (const part of block.parts) {
				let n = 0;
				for (const row of part.rows) {
					const yes = !isOut && fits(row);
					hide(row.element, !yes);
					n += yes;
				}
				hide(part.element, n === 0);
				if (part.counter) {
					part.counter.textContent = on && n > 0 ? `, ${n} of them found` : "";
					const open = on && n > 0 && n <= room;
					if (open && !part.element.open) part.element.open = part.opened = true;
					if (!open && part.opened) part.element.open = part.opened = false;
				}
				if (n <= room) room -= n;
				here += n;
				if (isList) of += part.rows.length;
			}
			hide(block.element, here === 0);
			block.counter.textContent = on ? `${here} of ${block.all}` : block.all;
			if (isList) findings += here; else rows += here;
		}
		for (const element of document.getElementsByClassName("blocks")) {
			hide(element, !element.querySelector(".block:not([hidden])"));
		}
		said.textContent = on ? `${findings} of ${of} findings and ${rows} rows are shown.` : "";
	}

	// A link such as page.html#owner=Tutor&q=L-015 leads to what it asks for.
	function follow() {
		const asked = new URLSearchParams(location.hash.slice(1));
		const names = ["q", "owner", "severity", "workbook"];
		if (!names.some(name => asked.has(name))) return;
		for (const name of names) {
			form[name].value = asked.get(name) ?? "";
			if (form[name].selectedIndex === -1) form[name].value = "";
		}
		apply();
	}

	let waiting;
	form.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(apply, 150); });
	form.addEventListener("reset", () => { clearTimeout(waiting); waiting = setTimeout(apply); });
	form.addEventListener("submit", event => { event.preventDefault(); clearTimeout(waiting); apply(); });
	addEventListener("hashchange", follow);
	form.hidden = false;
	follow();
})();
