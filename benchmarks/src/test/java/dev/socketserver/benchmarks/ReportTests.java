package dev.socketserver.benchmarks;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

import javax.xml.parsers.DocumentBuilderFactory;

import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Report}, with measurements made up.
 */
class ReportTests {

	private static final Workload WORKLOAD = Workload.parse("64x16").get(0);

	private final Options options = Options.parse(List.of("--servers", "c,vertx", "--reference", "c", "--workloads",
			"64x16", "--rounds", "3", "--starts", "3", "--idle", "100", "--waiting", "asleep"));

	private final Results results = new Results();

	@Test
	void ratiosAreTakenWithinARound() {
		// The machine slows down, and both with it: the ranges overlap, the ratios do
		// not.
		round(100, 200);
		round(400, 880);
		round(200, 420);

		assertThat(report())
			.contains("| Vert.x | 2.00 / **2.10** / 2.20 | 200 / **420** / 880 | 2,000,000 | 7 | 90 | 120 | 3 |")
			.contains(
					"| C, epoll, one thread | 1.00 / **1.00** / 1.00 | 100 / **200** / 400 | 2,000,000 | 7 | 90 | 120 | "
							+ "3 |");
	}

	@Test
	void saysWhatWasMeasured() {
		round(100, 200);

		assertThat(report())
			.contains("## 64 connections, 16 in flight, 32-byte lines; 1,000,000 a visit",
					"| server | × `c` | CPU ns/message | messages/s | p50 µs | p99 µs | p99.9 µs | switches/1000 |",
					"Java " + Runtime.version(), "rounds: 3, and 2 before them", "; the load generator waits asleep")
			.containsPattern("netty-transport 4\\.\\d.*, reactor-netty-core 1\\.\\d.*, vertx-core 5\\.\\d");
	}

	@Test
	void theModeThatUsersGetIsMarked() {
		boolean virtual = Runtime.version().feature() >= 24;

		assertThat(Contender.VIRTUAL.title().endsWith(" (the default here)")).isEqualTo(virtual);
		assertThat(Contender.POOL.title().endsWith(" (the default here)")).isEqualTo(!virtual);
		assertThat(Contender.EVENT_LOOP.title()).isEqualTo("Socket Server, `event-loop`");
	}

	@Test
	void reportsWhatSessionsHoldThatRestAndWhoCannotHaveThem() {
		round(100, 200);
		this.results.add(Contender.VERTX, new Rest(6_800, null));
		this.results.add(Contender.VERTX, new Rest(6_900, null));

		assertThat(report()).contains("## 100 idle sessions", "| Vert.x | 6,800 / **6,850** / 6,900 |");

		this.results.add(Contender.VERTX, new Rest(Double.NaN, "connection 7: closed by the server"));

		assertThat(report()).contains("| Vert.x | could not: connection 7: closed by the server |");
	}

	@Test
	void differencesOfStartsAreTakenWithinARound() {
		Options starts = Options.parse(List.of("--servers", "c,vertx,event-loop", "--reference", "c,event-loop",
				"--workloads", "none", "--starts", "3", "--idle", "0"));
		// The machine slows down, and both with it.
		start(100, 109);
		start(200, 220);
		start(300, 331);

		assertThat(new Report(starts, this.results).toMarkdown()).contains("## 3 starts of each server",
				"| server | CPU ms | more than `event-loop`, ms |",
				"| Vert.x | 109 / **220** / 331 | 20 ± 6 (10.0 %) |",
				"| Socket Server, `event-loop` | 100 / **200** / 300 | 0 ± 0 (0.0 %) |");
	}

	@Test
	void aSingleStartHasNoError() {
		start(100, 110);

		assertThat(this.results.startDifference(Contender.VERTX, Contender.EVENT_LOOP)).hasToString("10 (10.0 %)");
		assertThat(this.results.startDifference(Contender.EVENT_LOOP, Contender.VERTX)).hasToString("-10 (-9.1 %)");
	}

	@Test
	void countsWhatIsBroadcastAsOftenAsItIsDelivered() {
		Options broadcast = Options
			.parse(List.of("--servers", "c", "--workloads", "broadcast:64x16", "--starts", "0", "--idle", "0"));
		this.results.add(broadcast.workloads().get(0), Contender.C, measurement(100));

		assertThat(new Report(broadcast, this.results).toMarkdown()).contains(
				"## 64 connections, 16 in flight, 32-byte lines of one of them to all; 1,000,000 a visit",
				"| server | × `c` | CPU ns/delivered line | delivered lines/s |");
	}

	@Test
	void saysWhatNobodyWasAskedFor() {
		Options tls = Options
			.parse(List.of("--servers", "c", "--workloads", "tls:64x1", "--starts", "0", "--idle", "0"));

		assertThat(new Report(tls, this.results).toMarkdown())
			.endsWith("## 64 connections, 1 in flight, 32-byte lines over TLS 1.3; 200,000 a visit\n\nNot measured.\n");
		assertThat(new Plot(tls, this.results).toSvg()).contains("over TLS 1.3");
	}

	@Test
	void drawsABarForEachServer() throws Exception {
		round(100, 200);
		round(110, 210);

		String svg = new Plot(this.options, this.results).toSvg();

		Document picture = DocumentBuilderFactory.newInstance()
			.newDocumentBuilder()
			.parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)));
		// The ground, and two bars.
		assertThat(picture.getElementsByTagName("rect").getLength()).isEqualTo(3);
		assertThat(picture.getDocumentElement().getTextContent()).contains("64 connections, 16 in flight", "vertx",
				"205");
	}

	@Test
	void withoutWorkloadsThePictureIsEmpty() {
		Options none = Options.parse(List.of("--workloads", "none"));
		assertThat(new Plot(none, this.results).toSvg()).contains("</svg>").doesNotContain("<text");
	}

	private void round(long c, long vertx) {
		this.results.add(WORKLOAD, Contender.C, measurement(c));
		this.results.add(WORKLOAD, Contender.VERTX, measurement(vertx));
	}

	private void start(double eventLoop, double vertx) {
		this.results.add(Contender.EVENT_LOOP, eventLoop);
		this.results.add(Contender.VERTX, vertx);
	}

	/** A thousand messages in half a millisecond. */
	private static Measurement measurement(long cpuPerMessage) {
		return new Measurement(1000, 500_000, cpuPerMessage * 1000, 7_000, 90_000, 120_000, 3);
	}

	private String report() {
		return new Report(this.options, this.results).toMarkdown();
	}

}
