package dev.socketserver.framing.builder;

import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;

import dev.socketserver.framing.ByteValues;
import dev.socketserver.framing.CollectedOutput;
import dev.socketserver.framing.Escape;
import dev.socketserver.framing.Framing;
import dev.socketserver.framing.InvalidFramingException;
import dev.socketserver.framing.bytes.Prefix;
import dev.socketserver.framing.codec.CountedFraming;
import dev.socketserver.framing.codec.DelimiterFraming;
import dev.socketserver.framing.codec.DescribedLengthFraming;
import dev.socketserver.framing.codec.FixFraming;
import dev.socketserver.framing.codec.FixedFraming;
import dev.socketserver.framing.codec.HeaderBlockFraming;
import dev.socketserver.framing.codec.PlainFraming;
import dev.socketserver.framing.codec.RelpFraming;
import dev.socketserver.framing.codec.StartEndFraming;
import dev.socketserver.framing.codec.SwitchFraming;
import dev.socketserver.framing.codec.SyslogFraming;
import dev.socketserver.framing.codec.WrappedFraming;
import dev.socketserver.framing.wrapper.AfterEndFraming;
import dev.socketserver.framing.wrapper.Recovery;
import dev.socketserver.framing.wrapper.SyncFraming;
import org.jspecify.annotations.Nullable;

/**
 * Checks whether a framing works with the keys that all framings have, whoever described
 * it. Nothing is known about a framing that the application implements.
 */
final class CommonKeys {

	/** Some framings cannot carry short payloads, so that others are tried. */
	private static final int PROBES = 20;

	private CommonKeys() {
	}

	static void checkSkip(Framing framing, byte[] skip, @Nullable Escape escape) {
		// What is skipped would depend on where one read ends and the next begins.
		check(!framing.passThrough(), skip, framing.type() + " has no frames");
		check(!StartEndFraming.sharesEnds(framing), skip,
				"would take the first bytes of a payload: an end may also be a start, as resync is false");
		SyncFraming synchronizing = WrappedFraming.find(framing, SyncFraming.class);
		check(synchronizing == null || !contains(skip, synchronizing.sync()[0]), skip,
				"would take the first byte of every frame");
		Framing innermost = WrappedFraming.innermost(framing);
		if (innermost instanceof SwitchFraming switching) {
			for (Prefix prefix : switching.prefixes()) {
				check(!begins(prefix, skip), skip, "would take the first byte of the prefix " + prefix
						+ ", so that its case would never be chosen");
			}
			switching.framings().forEach((each) -> checkSkip(each, skip, escape));
		}
		if (AfterEndFraming.of(framing) > 0 && innermost instanceof DelimiterFraming delimited) {
			for (byte[] end : delimited.ends()) {
				check(!contains(skip, end[0]), skip, "would take " + ByteValues.one(end[0])
						+ ", with which a delimiter begins, but not the bytes of 'after' behind it");
			}
		}
		if (innermost instanceof FixFraming) {
			check(!contains(skip, (byte) '8'), skip, "would take the first byte of every frame");
		}
		if (innermost instanceof SyslogFraming) {
			checkDigits(skip, '1', "a count");
		}
		if (innermost instanceof RelpFraming) {
			checkDigits(skip, '0', "a transaction number");
		}
		if (innermost instanceof PlainFraming plain) {
			byte[] before = (plain instanceof DescribedLengthFraming described && described.beginsWithLength())
					? described.layout().codec().write(1) : before(plain);
			if (before.length > 0) {
				check(!contains(skip, before[0]), skip,
						"would take " + ByteValues.one(before[0]) + ", with which the framing begins a frame");
			}
			else {
				check(!begins(escape, skip), skip, "would take the first byte of an escape at the start of a frame");
			}
		}
	}

	private static void checkDigits(byte[] skip, char first, String number) {
		for (char digit = first; digit <= '9'; digit++) {
			check(!contains(skip, (byte) digit), skip,
					"would take " + ByteValues.one((byte) digit) + ", with which " + number + " may begin");
		}
	}

	/** Returns how a framing finds the next frame behind a bad one. */
	static Supplier<Recovery> recovery(Framing framing) {
		Supplier<Recovery> found = Recovery.of(framing);
		InvalidFramingException.check(found != null, "on-bad", "skip", "the next frame could not be found behind a bad "
				+ "frame of '" + framing.type() + "': it can with line, delimiter, start-end, fix, or a sync");
		return Objects.requireNonNull(found);
	}

	/** Returns what is sent in front of a short payload. */
	private static byte[] before(PlainFraming framing) {
		for (int length = 1; length <= PROBES; length++) {
			CollectedOutput out = new CollectedOutput();
			try {
				framing.before(length, out);
				return out.toByteArray();
			}
			catch (IllegalArgumentException ex) {
				// No frame is that short.
			}
		}
		return new byte[0];
	}

	private static boolean begins(Prefix prefix, byte[] skip) {
		for (byte value : skip) {
			if (prefix.mayBeginWith(value)) {
				return true;
			}
		}
		return false;
	}

	private static boolean begins(@Nullable Escape escape, byte[] skip) {
		return escape != null && ((escape.mark() >= 0) ? contains(skip, (byte) escape.mark())
				: escape.allPairs().stream().anyMatch((pair) -> contains(skip, pair.to()[0])));
	}

	/**
	 * Checks an escape.
	 * @param known whether the escape knows the delimiters, as it is described with them
	 */
	static void checkEscape(Framing framing, Escape escape, boolean known) {
		checkEscape(framing, framing.type(), escape, known);
	}

	private static void checkEscape(Framing framing, String type, Escape escape, boolean known) {
		checkEscape(!framing.passThrough(), type + " has no frames");
		Framing innermost = WrappedFraming.innermost(framing);
		if (innermost instanceof SwitchFraming switching) {
			for (Framing each : switching.framings()) {
				checkEscape(AfterEndFraming.of(each) == 0,
						"'after' bytes of a case would be escaped: set escape in the framings of the cases");
				checkEscape(each, type, escape, known);
			}
			checkPrefixes(switching, escape);
		}
		checkEscape(!(innermost instanceof FixedFraming),
				"a frame has always the same size, and what is escaped has more bytes than the payload");
		checkEscape(!(innermost instanceof RelpFraming),
				"the number and the command of a payload would be escaped, too");
		boolean counted = innermost instanceof HeaderBlockFraming || innermost instanceof FixFraming
				|| innermost instanceof CountedFraming
				|| innermost instanceof DescribedLengthFraming described && described.layout().lengthInPayload();
		checkEscape(!counted, "the length is part of the payload, and what is escaped cannot be counted"
				+ (type.equals("length-field") ? ": strip it" : ""));
		if (!known && innermost instanceof PlainFraming plain && !plain.ends().isEmpty()) {
			InvalidFramingException.check(escape.mark() < 0, "escape.mark", ByteValues.one(escape.mark()),
					"the delimiters of '" + type + "' would not be escaped: set escape where they are described");
			checkPairs(plain, type, escape);
		}
	}

	private static void checkPairs(PlainFraming framing, String type, Escape escape) {
		for (byte[] end : framing.ends()) {
			for (Escape.Pair pair : escape.allPairs()) {
				for (byte value : end) {
					InvalidFramingException.check(!contains(pair.to(), value), "escape", pair,
							"it has " + ByteValues.one(value) + " in it, which delimits frames of '" + type
									+ "': use another, or set escape where that is described");
					// Only a framing that keeps its delimiters is not plain.
					InvalidFramingException.check(framing.isPlain() || pair.from() != value, "escape", pair,
							"the delimiters of '" + type + "', which are part of the payload, would be escaped: "
									+ "set escape where they are described");
				}
			}
		}
	}

	/** Payloads choose a case by what they begin with, after they are escaped. */
	private static void checkPrefixes(SwitchFraming switching, Escape escape) {
		List<Prefix> prefixes = switching.prefixes();
		for (int i = 0; i < prefixes.size(); i++) {
			if (WrappedFraming.innermost(switching.framings().get(i)) instanceof PlainFraming plain
					&& before(plain).length > 0) {
				// The payload does not begin with the prefix.
				continue;
			}
			checkEscape(prefixes.get(i).isExact(), "the prefix " + prefixes.get(i)
					+ " of a case might be escaped, which has any byte: set escape in the framings of the other cases");
			for (byte value : prefixes.get(i).bytes()) {
				boolean escaped = (escape.mark() >= 0) ? (byte) escape.mark() == value
						: escape.allPairs().stream().anyMatch((pair) -> pair.from() == value);
				checkEscape(!escaped, "the prefix " + prefixes.get(i)
						+ " of a case would be escaped: set escape in the framings of the other cases");
			}
		}
	}

	private static void check(boolean valid, byte[] skip, String rule) {
		InvalidFramingException.check(valid, "skip", ByteValues.format(skip), rule);
	}

	private static void checkEscape(boolean valid, String rule) {
		InvalidFramingException.check(valid, "escape", "set", rule);
	}

	private static boolean contains(byte[] bytes, byte value) {
		for (byte each : bytes) {
			if (each == value) {
				return true;
			}
		}
		return false;
	}

}
