package dev.socketserver.benchmarks;

import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Report}, with measurements made up.
 */
class ReportTests {

	private static final Workload WORKLOAD = new Workload(64, 16, 32);

	private final Options options = Options
		.parse(List.of("--servers", "c,vertx", "--reference", "c", "--workloads", "64x16", "--rounds", "3"));

	private final Results results = new Results();

	@Test
	void ratiosAreTakenWithinARound() {
		// The machine slows down, and both with it: the ranges overlap, the ratios do
		// not.
		round(100, 200);
		round(400, 880);
		round(200, 420);

		assertThat(report()).contains("| Vert.x | 2.00 / **2.10** / 2.20 | 200 / **420** / 880 | 2,000,000 | 7 | 90 |")
			.contains("| C, epoll, one thread | 1.00 / **1.00** / 1.00 | 100 / **200** / 400 | 2,000,000 | 7 | 90 |");
	}

	@Test
	void saysWhatWasMeasured() {
		round(100, 200);

		assertThat(report())
			.contains("## 64 connections, 16 in flight, 32-byte lines; 1,000,000 messages a visit",
					"| server | × `c` | CPU ns/message | messages/s | p50 µs | p99 µs |", "Java " + Runtime.version(),
					"rounds: 3, and 2 before them")
			.containsPattern("netty-transport 4\\.\\d.*, reactor-netty-core 1\\.\\d.*, vertx-core 5\\.\\d");
	}

	@Test
	void theModeThatUsersGetIsMarked() {
		boolean virtual = Runtime.version().feature() >= 24;

		assertThat(Contender.VIRTUAL.title().endsWith(" (the default here)")).isEqualTo(virtual);
		assertThat(Contender.POOL.title().endsWith(" (the default here)")).isEqualTo(!virtual);
		assertThat(Contender.EVENT_LOOP.title()).isEqualTo("Socket Server, `event-loop`");
	}

	private void round(long c, long vertx) {
		this.results.add(WORKLOAD, Contender.C, measurement(c));
		this.results.add(WORKLOAD, Contender.VERTX, measurement(vertx));
	}

	/** A thousand messages in half a millisecond. */
	private static Measurement measurement(long cpuPerMessage) {
		return new Measurement(1000, 500_000, cpuPerMessage * 1000, 7_000, 90_000);
	}

	private String report() {
		return new Report(this.options, this.results).toMarkdown();
	}

}
