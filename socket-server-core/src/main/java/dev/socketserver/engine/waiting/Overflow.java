package dev.socketserver.engine.waiting;

import java.util.stream.Stream;

import dev.socketserver.spec.InboundOverflow;
import dev.socketserver.spec.OutboundOverflow;

/**
 * What happens to one more entry: the only place that decides it by a policy, in both
 * directions. Who asks knows how that is done, and counted. Which policies of input drop,
 * {@link InboundOverflow#drops()} says.
 */
public enum Overflow {

	/** It is added. */
	ADMIT,

	/** Whoever brings it waits for room. */
	WAIT,

	/** It is refused. */
	REFUSE,

	/** It is dropped. */
	DROP,

	/** Older entries are dropped, if that makes room; else it is dropped itself. */
	REPLACE,

	/** The session ends. */
	CLOSE;

	/** Policies of input are called as those of output, and mean the same. */
	private static final Overflow[] OF_INPUT = Stream.of(InboundOverflow.values())
		.map((policy) -> decide(OutboundOverflow.valueOf(policy.name()), false))
		.toArray(Overflow[]::new);

	/**
	 * Decides what happens to an entry.
	 * @param policy the policy
	 * @param fits whether there is room for it
	 * @return what happens
	 */
	public static Overflow decide(OutboundOverflow policy, boolean fits) {
		if (fits) {
			return ADMIT;
		}
		return switch (policy) {
			case BLOCK -> WAIT;
			case FAIL -> REFUSE;
			case DROP_NEWEST -> DROP;
			case DROP_OLDEST -> REPLACE;
			case CLOSE -> CLOSE;
		};
	}

	/**
	 * Decides what happens to an entry.
	 * @param policy the policy
	 * @param fits whether there is room for it
	 * @return what happens
	 */
	public static Overflow decide(InboundOverflow policy, boolean fits) {
		return fits ? ADMIT : OF_INPUT[policy.ordinal()];
	}

}
