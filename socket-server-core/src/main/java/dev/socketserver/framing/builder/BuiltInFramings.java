package dev.socketserver.framing.builder;

import java.nio.charset.Charset;

import dev.socketserver.framing.Framing;
import dev.socketserver.framing.FramingPreset;
import dev.socketserver.framing.FramingProvider;
import dev.socketserver.framing.LengthFieldBuilder;
import dev.socketserver.framing.LineEnding;
import dev.socketserver.framing.codec.LineFraming;
import dev.socketserver.framing.codec.RawFraming;
import dev.socketserver.framing.codec.WrappedFraming;
import dev.socketserver.framing.heartbeat.HeartbeatMessages;
import dev.socketserver.framing.wrapper.DatagramFraming;
import dev.socketserver.spec.Heartbeat;
import dev.socketserver.spec.InvalidSpecException;

/**
 * Creates the built-in framings. Public for {@link java.util.ServiceLoader}.
 */
public final class BuiltInFramings implements FramingProvider {

	/** Called by {@link java.util.ServiceLoader}. */
	public BuiltInFramings() {
	}

	@Override
	public Framing raw() {
		return RawFraming.INSTANCE;
	}

	@Override
	public Framing line(LineEnding ending) {
		return LineFraming.of(ending, false);
	}

	@Override
	public Framing delimiter(String... delimiters) {
		return Framings.delimiter().delimiters(delimiters).build();
	}

	@Override
	public Framing startEnd(byte[] start, byte[] end) {
		return Framings.startEnd().start(start).end(end).build();
	}

	@Override
	public Framing fixed(int size) {
		return Framings.fixed().size(size).build();
	}

	@Override
	public LengthFieldBuilder lengthField() {
		return Framings.lengthField();
	}

	@Override
	public Framing headerBlock() {
		return Framings.headerBlock().build();
	}

	@Override
	public Framing preset(FramingPreset preset) {
		return Presets.create(preset);
	}

	@Override
	public Framing datagrams(Framing framing) {
		return DatagramFraming.of(framing);
	}

	@Override
	public boolean ofDatagrams(Framing framing) {
		// In this order, since lines are the default, and need no other class at the
		// start.
		return !(framing instanceof LineFraming) && framing instanceof WrappedFraming wrapped && wrapped.ofDatagrams();
	}

	@Override
	public void check(Heartbeat heartbeat, Framing framing, Charset charset) {
		HeartbeatMessages.Problem problem = new HeartbeatMessages(heartbeat, charset).problem(framing);
		if (problem != null) {
			throw new InvalidSpecException(problem.component(), problem.value(),
					"is not possible: " + problem.reason());
		}
	}

}
