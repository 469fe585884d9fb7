package dev.socketserver.engine.input;

import java.util.ArrayList;
import java.util.List;

import dev.socketserver.engine.TestSession;
import dev.socketserver.framing.FrameDecoder;
import dev.socketserver.framing.FrameInput;
import dev.socketserver.framing.FrameOutput;
import dev.socketserver.framing.Framing;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class LastFrameTests {

	private final List<String> calls = new ArrayList<>();

	private final TestSession test = new TestSession((spec) -> spec.framing(new Noted("old")));

	private final Deframer deframer = this.test.session.input().deframer();

	/** Whether another thread changes the framing while the next frame is looked for. */
	private boolean changes;

	/** A decoder remembers what it has looked for in vain. */
	@Test
	void decoderThatHasSeenNothingIsNotAskedForTheLastFrame() {
		this.test.receive("half");
		this.changes = true;
		this.deframer.inputEnded();

		assertThat(this.calls).containsExactly("old next", "old next", "old last");
	}

	/** Finds nothing. */
	private FrameDecoder decoder(String name) {
		return new FrameDecoder() {

			@Override
			public boolean next(FrameInput in) {
				LastFrameTests.this.calls.add(name + " next");
				if (LastFrameTests.this.changes) {
					LastFrameTests.this.changes = false;
					LastFrameTests.this.test.session.framing(new Noted("new"));
					LastFrameTests.this.test.session.input().frameDone();
				}
				return false;
			}

			@Override
			public boolean last(FrameInput in) {
				LastFrameTests.this.calls.add(name + " last");
				return false;
			}

		};
	}

	private final class Noted implements Framing {

		private final String name;

		Noted(String name) {
			this.name = name;
		}

		@Override
		public boolean switchable() {
			return true;
		}

		@Override
		public String type() {
			return "noted";
		}

		@Override
		public FrameDecoder decoder(int maxFrameBytes) {
			return LastFrameTests.this.decoder(this.name);
		}

		@Override
		public void encode(byte[] payload, FrameOutput out) {
			out.write(payload);
		}

	}

}
