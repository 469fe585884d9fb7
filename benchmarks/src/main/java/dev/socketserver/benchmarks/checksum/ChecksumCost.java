package dev.socketserver.benchmarks.checksum;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;

import dev.socketserver.benchmarks.BenchmarkException;
import dev.socketserver.framing.CollectedOutput;
import dev.socketserver.framing.FrameChecksum;
import dev.socketserver.framing.FrameDecoder;
import dev.socketserver.framing.FrameInput;
import dev.socketserver.framing.Framing;
import dev.socketserver.framing.FramingException;
import dev.socketserver.framing.builder.Framings;
import dev.socketserver.framing.checksum.Checksums;

/**
 * Compares what decoding costs more with a checksum, with the cost of the same function
 * in a loop over the same bytes. The three take turns, so that whatever else the machine
 * does is the same for all.
 */
public final class ChecksumCost {

	private static final int WARM_UP = 200;

	private static final int TURNS = 2000;

	/** Bytes of a turn, in frames. */
	private static final int READ = 64 * 1024;

	/** What was computed, so that it is. */
	private static long kept;

	private ChecksumCost() {
	}

	/**
	 * Compares.
	 * @param args names of checksums; by default some of each kind
	 */
	public static void main(String[] args) {
		List<String> names = (args.length > 0) ? List.of(args) : List.of("xor8", "sum16", "crc16-modbus", "crc32");
		for (String name : names) {
			for (int bytes : new int[] { 32, 256, 1024 }) {
				compare(name, bytes);
			}
		}
		System.out.println((kept == 0) ? "" : "done");
	}

	private static void compare(String name, int bytes) {
		Framing plain = Framing.lengthField().width(2).build();
		Framing checked = Framings.checked(plain).type(name).build();
		FrameChecksum function = checksum(name);
		byte[] payload = new byte[bytes];
		new Random(bytes).nextBytes(payload);
		byte[] frames = frames(checked, payload);
		int count = frames.length / (2 + bytes + function.length());
		List<Double> ratios = new ArrayList<>();
		List<Double> costs = new ArrayList<>();
		for (int i = -WARM_UP; i < TURNS; i++) {
			long with = decode(checked, frames);
			long without = decode(plain, frames);
			long alone = compute(function, frames, bytes);
			if (i >= 0) {
				ratios.add((double) (with - without) / alone);
				costs.add((double) alone / count);
			}
		}
		System.out.printf(Locale.ROOT, "%-13s %5d bytes: %.3f of a loop that takes %.0f ns for a frame%n", name, bytes,
				median(ratios), median(costs));
	}

	private static FrameChecksum checksum(String name) {
		FrameChecksum found = Checksums.of(name);
		if (found == null) {
			throw new IllegalArgumentException("There is no checksum '" + name + "'");
		}
		return found;
	}

	private static byte[] frames(Framing framing, byte[] payload) {
		CollectedOutput out = new CollectedOutput();
		while (out.toByteArray().length < READ) {
			framing.encode(payload, out);
		}
		return out.toByteArray();
	}

	private static long decode(Framing framing, byte[] frames) {
		FrameDecoder decoder = framing.decoder(READ);
		FrameInput in = new FrameInput();
		in.reset(frames, 0, frames.length);
		long begun = System.nanoTime();
		try {
			while (decoder.next(in)) {
				kept += in.frameEnd();
			}
		}
		catch (FramingException ex) {
			throw new BenchmarkException("A frame is wrong", ex);
		}
		return System.nanoTime() - begun;
	}

	private static long compute(FrameChecksum function, byte[] frames, int bytes) {
		int length = 2 + bytes + function.length();
		long begun = System.nanoTime();
		for (int at = 2; at + bytes <= frames.length; at += length) {
			kept += function.of(frames, at, at + bytes);
		}
		return System.nanoTime() - begun;
	}

	private static double median(List<Double> values) {
		double[] sorted = values.stream().mapToDouble(Double::doubleValue).toArray();
		Arrays.sort(sorted);
		return sorted[sorted.length / 2];
	}

}
