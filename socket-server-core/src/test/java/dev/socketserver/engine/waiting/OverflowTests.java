package dev.socketserver.engine.waiting;

import dev.socketserver.spec.InboundOverflow;
import dev.socketserver.spec.OutboundOverflow;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

class OverflowTests {

	@ParameterizedTest
	@EnumSource
	void admitsWhatFits(OutboundOverflow policy) {
		assertThat(Overflow.decide(policy, true)).isEqualTo(Overflow.ADMIT);
		assertThat(Overflow.decide(policy, false)).isNotEqualTo(Overflow.ADMIT);
	}

	@ParameterizedTest
	@EnumSource
	void policiesOfInputMeanTheSame(InboundOverflow policy) {
		assertThat(Overflow.decide(policy, true)).isEqualTo(Overflow.ADMIT);
		assertThat(Overflow.decide(policy, false))
			.isEqualTo(Overflow.decide(OutboundOverflow.valueOf(policy.name()), false));
		boolean drops = Overflow.decide(policy, false) == Overflow.DROP
				|| Overflow.decide(policy, false) == Overflow.REPLACE;
		assertThat(policy.drops()).isEqualTo(drops);
	}

	@Test
	void onlyWhoBlocksWaits() {
		assertThat(Overflow.decide(OutboundOverflow.BLOCK, false)).isEqualTo(Overflow.WAIT);
		assertThat(Overflow.decide(OutboundOverflow.FAIL, false)).isEqualTo(Overflow.REFUSE);
		assertThat(Overflow.decide(OutboundOverflow.DROP_NEWEST, false)).isEqualTo(Overflow.DROP);
		assertThat(Overflow.decide(OutboundOverflow.DROP_OLDEST, false)).isEqualTo(Overflow.REPLACE);
		assertThat(Overflow.decide(OutboundOverflow.CLOSE, false)).isEqualTo(Overflow.CLOSE);
	}

}
