package dev.socketserver.bridge.session;

import java.io.IOException;
import java.time.Duration;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class BridgeStatisticsTests {

	private final BridgeStatistics statistics = new BridgeStatistics("in", "store");

	@Test
	void aBridgeIsStuckWhileSomethingWaitsAndNothingIsStored() {
		assertThat(this.statistics.isStuck(Duration.ZERO)).isFalse();
		this.statistics.begun();
		assertThat(this.statistics.isStuck(Duration.ofHours(1))).isFalse();
		assertThat(this.statistics.isStuck(Duration.ZERO)).isTrue();
		this.statistics.stored(false, 1);
		this.statistics.ended();
		assertThat(this.statistics.isStuck(Duration.ZERO)).isFalse();
	}

	@Test
	void itFailsUntilSomethingIsStored() {
		assertThat(this.statistics.failingSince()).isNull();
		this.statistics.failed(new IOException(), 1);
		assertThat(this.statistics.failingSince()).isNotNull();
		this.statistics.stored(true, 1);
		assertThat(this.statistics.failingSince()).isNull();
		assertThat(this.statistics.duplicates()).isOne();
		assertThat(this.statistics.stored()).isZero();
	}

}
