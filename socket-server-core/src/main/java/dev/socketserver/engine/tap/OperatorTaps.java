package dev.socketserver.engine.tap;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

import dev.socketserver.operator.SocketTap;
import dev.socketserver.operator.SocketTaps;
import dev.socketserver.operator.TapMessage;
import dev.socketserver.operator.TapRequest;
import dev.socketserver.transcript.Transcript;

/**
 * The taps of an application, for its operators.
 */
public final class OperatorTaps implements SocketTaps {

	private final Taps taps;

	private final long mostBytes;

	private final Function<List<TapEntry>, byte[]> pcap;

	/**
	 * Creates the view.
	 * @param taps the taps
	 * @param mostBytes how many bytes one of them may hold
	 * @param pcap makes a capture of what was kept
	 */
	public OperatorTaps(Taps taps, long mostBytes, Function<List<TapEntry>, byte[]> pcap) {
		this.taps = taps;
		this.mostBytes = mostBytes;
		this.pcap = pcap;
	}

	@Override
	public SocketTap start(TapRequest request) {
		if (request.bytes() > this.mostBytes) {
			throw new IllegalArgumentException(
					"A tap keeps at most " + this.mostBytes + " bytes, and not " + request.bytes());
		}
		return new View(this.taps.start(request), this.pcap);
	}

	@Override
	public List<SocketTap> taps() {
		return this.taps.all().stream().<SocketTap>map((tap) -> new View(tap, this.pcap)).toList();
	}

	@Override
	public Optional<SocketTap> tap(String id) {
		return taps().stream().filter((tap) -> tap.id().equals(id)).findAny();
	}

	@Override
	public boolean remove(String id, String by) {
		return this.taps.remove(id, by);
	}

	@Override
	public long mostBytes() {
		return this.mostBytes;
	}

	private record View(Tap tap, Function<List<TapEntry>, byte[]> capture) implements SocketTap {

		@Override
		public String id() {
			return this.tap.id();
		}

		@Override
		public TapRequest request() {
			return this.tap.request();
		}

		@Override
		public Instant startedAt() {
			return this.tap.startedAt();
		}

		@Override
		public State state() {
			return this.tap.isRunning() ? State.RUNNING : State.ENDED;
		}

		@Override
		public int sessions() {
			return this.tap.sessions();
		}

		@Override
		public long bytes() {
			return this.tap.bytes();
		}

		@Override
		public long dropped() {
			return this.tap.dropped();
		}

		@Override
		public Instant endsAt() {
			return this.tap.endsAt();
		}

		@Override
		public Transcript transcript() {
			return TapEntry.transcript(this.tap.entries());
		}

		@Override
		public List<TapMessage> messages() {
			return this.tap.entries().stream().map(TapEntry::message).toList();
		}

		@Override
		public byte[] pcap() {
			return this.capture.apply(this.tap.entries());
		}

	}

}
