package web

import (
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"regcert/internal/batch"
	"regcert/internal/digest"
	"regcert/internal/status"
	"regcert/internal/store"
)

// Metrics is what is counted while the process lives.
type Metrics struct {
	program  string
	registry *prometheus.Registry
	runs     *prometheus.CounterVec
}

// The outcomes of a run.
const (
	RunDone     = "done"     // every workbook could be treated
	RunTroubled = "troubled" // not every one
	RunFailed   = "failed"   // none
)

// NewMetrics begins to count. The program is the version of regcert.
func NewMetrics(program string) *Metrics {
	m := &Metrics{
		program: program, registry: prometheus.NewRegistry(),
		runs: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "regcert_runs_total", Help: "Runs since the daemon was started, by outcome."}, []string{"outcome"}),
	}
	for _, outcome := range []string{RunDone, RunTroubled, RunFailed} {
		m.runs.WithLabelValues(outcome)
	}
	build := prometheus.NewGauge(prometheus.GaugeOpts{Name: "regcert_build_info", Help: "The version of regcert.", ConstLabels: prometheus.Labels{"version": program}})
	build.Set(1)
	m.registry.MustRegister(m.runs, build, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// Ran counts a run by its outcome.
func (m *Metrics) Ran(outcome string) { m.runs.WithLabelValues(outcome).Inc() }

func (m *Metrics) handler(source *cache) http.Handler {
	return promhttp.HandlerFor(m.gatherer(source), promhttp.HandlerOpts{MaxRequestsInFlight: 4, Timeout: longest + time.Second})
}

// gatherer has what is counted, and what is read from the source.
func (m *Metrics) gatherer(source *cache) prometheus.Gatherer {
	stands := prometheus.NewRegistry()
	stands.MustRegister(newStatusMetrics(source))
	return prometheus.Gatherers{m.registry, stands}
}

// statusMetrics are the numbers of a status.
type statusMetrics struct {
	source *cache

	readable, healthy, runTime, runTook, open, workbooks, stale, messages, paused, oldest, troubles, next, holidays *prometheus.Desc
}

func newStatusMetrics(source *cache) *statusMetrics {
	desc := func(name, help string, labels ...string) *prometheus.Desc {
		return prometheus.NewDesc("regcert_"+name, help, labels, nil)
	}
	return &statusMetrics{
		source:    source,
		readable:  desc("state_readable", "1 where what regcert remembers can be read, else 0 and nothing more."),
		healthy:   desc("healthy", "1 where /healthz says ok, else 0."),
		runTime:   desc("last_run_timestamp_seconds", "When the last run ended."),
		runTook:   desc("last_run_duration_seconds", "How long the last run took."),
		open:      desc("open_findings", "What is open, by severity, and what is snoozed.", "severity"),
		workbooks: desc("workbooks", "Workbooks by what the last run that treated each did with it.", "outcome"),
		stale:     desc("stale_workbooks", "Workbooks whose statuses are not as they should be."),
		messages:  desc("messages", "Messages of the last month, and those that are not at an end, by state.", "state"),
		paused:    desc("mail_paused", "1 while mail is paused, else 0."),
		oldest:    desc("oldest_waiting_message_timestamp_seconds", "When the oldest message was written that waits."),
		troubles:  desc("troubles", "What keeps regcert from its work, by kind.", "kind"),
		next:      desc("next_slot_timestamp_seconds", "When a job of the schedule comes next.", "job"),
		holidays:  desc("bank_holidays_until_timestamp_seconds", "The last day for which all bank holidays are listed."),
	}
}

// Describe says which numbers there are.
func (m *statusMetrics) Describe(out chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{m.readable, m.healthy, m.runTime, m.runTook, m.open, m.workbooks, m.stale, m.messages, m.paused, m.oldest, m.troubles, m.next, m.holidays} {
		out <- d
	}
}

// Collect reads the numbers.
func (m *statusMetrics) Collect(out chan<- prometheus.Metric) {
	gauge := func(d *prometheus.Desc, value float64, labels ...string) {
		out <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, value, labels...)
	}
	s, why := judge(m.source)
	gauge(m.readable, oneIf(s != nil))
	gauge(m.healthy, oneIf(len(why) == 0))
	if s == nil {
		return
	}
	if r := s.LastRun; r != nil {
		gauge(m.runTime, seconds(r.Finished))
		gauge(m.runTook, r.Finished.Sub(r.Started).Seconds())
	}
	for _, severity := range digest.ByUrgency() {
		gauge(m.open, float64(s.Open[string(severity)]), string(severity))
	}
	gauge(m.open, float64(s.Open[store.Snoozed]), store.Snoozed)
	m.collectWorkbooks(s.Workbooks, gauge)
	for _, state := range status.MessageStates() {
		gauge(m.messages, float64(s.Mail.Counts[state]), string(state))
	}
	gauge(m.paused, oneIf(s.Mail.Pause != nil))
	if !s.Mail.Oldest.IsZero() {
		gauge(m.oldest, seconds(s.Mail.Oldest))
	}
	kinds := map[string]int{}
	for _, t := range s.Troubles {
		kinds[t.Kind]++
	}
	for _, kind := range store.TroubleKinds() {
		gauge(m.troubles, float64(kinds[kind]), kind)
	}
	for _, j := range s.Jobs {
		gauge(m.next, seconds(j.Next), j.Name)
	}
	gauge(m.holidays, seconds(s.HolidaysUntil.Time()))
}

func (m *statusMetrics) collectWorkbooks(list []status.Workbook, gauge func(*prometheus.Desc, float64, ...string)) {
	outcomes, stale := map[batch.Outcome]int{}, 0
	for i := range list {
		outcomes[list[i].Outcome]++
		if !list[i].Ready {
			stale++
		}
	}
	for _, outcome := range []batch.Outcome{batch.Unchanged, batch.Written, batch.ReadOnly, batch.Deferred, batch.Failed} {
		gauge(m.workbooks, float64(outcomes[outcome]), string(outcome))
	}
	gauge(m.stale, float64(stale))
}

func seconds(t time.Time) float64 { return float64(t.UnixMilli()) / 1000 }

func oneIf(is bool) float64 {
	if is {
		return 1
	}
	return 0
}
