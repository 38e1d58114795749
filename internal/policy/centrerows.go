package policy

import "regcert/internal/register"

// CentreRows are the rows with which new sheets on the recognition of a centre
// begin, the first cells of each: what the application asks for.
func CentreRows() map[register.Kind][][]string {
	rows := map[register.Kind][][]string{}
	for _, item := range register.Items() {
		rows[register.Centre] = append(rows[register.Centre], []string{item.String()})
	}
	for _, r := range contactRoles() {
		rows[register.Contacts] = append(rows[register.Contacts], []string{r.name})
	}
	for _, p := range centrePolicies() {
		rows[register.Policies] = append(rows[register.Policies], []string{p.letter, p.name})
		for _, point := range p.points {
			rows[register.PolicyPoints] = append(rows[register.PolicyPoints], []string{p.letter, point})
		}
	}
	return rows
}
