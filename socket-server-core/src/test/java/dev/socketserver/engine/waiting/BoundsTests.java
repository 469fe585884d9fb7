package dev.socketserver.engine.waiting;

import dev.socketserver.spec.OutboundOverflow;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class BoundsTests {

	private final Bounds<OutboundOverflow> bounds = new Bounds<>(4, 100, OutboundOverflow.FAIL);

	@Test
	void entriesFitUpToBothLimits() {
		assertThat(this.bounds.fits(3, 60, 40)).isTrue();
		assertThat(this.bounds.fits(3, 60, 41)).isFalse();
		assertThat(this.bounds.fits(4, 0, 0)).isFalse();
	}

	@Test
	void singleEntryMayBeLongerThanTheLimit() {
		assertThat(this.bounds.fits(0, 0, 1_000)).isTrue();
		assertThat(this.bounds.isExceeded(1, 1_000)).isFalse();
		assertThat(this.bounds.isExceeded(2, 101)).isTrue();
		assertThat(this.bounds.isExceeded(2, 100)).isFalse();
		assertThat(this.bounds.isExceeded(5, 5)).isTrue();
	}

	@Test
	void queueIsFullWhenALimitIsReached() {
		assertThat(this.bounds.isFull(3, 99)).isFalse();
		assertThat(this.bounds.isFull(4, 0)).isTrue();
		assertThat(this.bounds.isFull(1, 100)).isTrue();
		assertThat(this.bounds.isFull(7, 199, 2)).isFalse();
		assertThat(this.bounds.isFull(8, 0, 2)).isTrue();
		assertThat(this.bounds.isFull(0, 200, 2)).isTrue();
	}

	@Test
	void queueIsHalfEmptyByBothLimits() {
		assertThat(this.bounds.isHalfEmpty(2, 50)).isTrue();
		assertThat(this.bounds.isHalfEmpty(3, 0)).isFalse();
		assertThat(this.bounds.isHalfEmpty(0, 51)).isFalse();
	}

	@Test
	void roomIsWhatIsLeftOfTheLimits() {
		assertThat(this.bounds.room(1, 99)).isEqualTo(3);
		assertThat(this.bounds.room(1, 100)).isZero();
		assertThat(this.bounds.room(5, 0)).isZero();
		assertThat(this.bounds.byteRoom(40)).isEqualTo(60);
		assertThat(this.bounds.byteRoom(140)).isZero();
	}

	@Test
	void hugeLimitsDoNotOverflow() {
		Bounds<OutboundOverflow> huge = new Bounds<>(Integer.MAX_VALUE, Integer.MAX_VALUE, OutboundOverflow.FAIL);
		assertThat(huge.isFull(Integer.MAX_VALUE - 1, Integer.MAX_VALUE, 2)).isFalse();
		assertThat(huge.fits(Integer.MAX_VALUE - 1, Integer.MAX_VALUE - 1L, Integer.MAX_VALUE)).isFalse();
	}

}
