package dev.socketserver.exchange.call;

import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;

import dev.socketserver.exchange.targets.Encoding;
import dev.socketserver.exchange.targets.Target;
import dev.socketserver.framing.ByteValues;
import org.jspecify.annotations.Nullable;

/**
 * A text with parameters in braces. Immutable. A value with a control character is
 * refused, and so is one that makes the end of a frame, alone or with its neighbours, to
 * which the framing's own delimiter belongs: what follows would be a frame of its own.
 */
final class TextTemplate {

	private final List<Part> parts;

	private TextTemplate(List<Part> parts) {
		this.parts = List.copyOf(parts);
	}

	/**
	 * Reads a template.
	 * @param text the text, with names or positions in braces; two open braces stand for
	 * one
	 * @param parameter finds the index of a parameter by what stands in the braces; fails
	 * if there is none
	 * @param wrong makes the exception for a text that cannot be read
	 * @return the template
	 * @throws IllegalArgumentException if a brace is not closed
	 */
	static TextTemplate of(String text, ToIntFunction<String> parameter,
			Function<String, IllegalArgumentException> wrong) {
		List<Part> parts = new ArrayList<>();
		StringBuilder own = new StringBuilder();
		for (int i = 0; i < text.length(); i++) {
			char next = text.charAt(i);
			if (next != '{') {
				own.append(next);
			}
			else if (text.startsWith("{{", i)) {
				own.append('{');
				i++;
			}
			else {
				int end = text.indexOf('}', i);
				if (end < 0) {
					throw wrong.apply("has a { without a } in \"%s\"; write {{ for a brace".formatted(text));
				}
				addOwn(parts, own);
				parts.add(new Part(null, parameter.applyAsInt(text.substring(i + 1, end))));
				i = end;
			}
		}
		addOwn(parts, own);
		return new TextTemplate(parts);
	}

	private static void addOwn(List<Part> parts, StringBuilder own) {
		if (!own.isEmpty()) {
			parts.add(new Part(own.toString(), -1));
			own.setLength(0);
		}
	}

	/** The indexes of the parameters that are used. */
	Set<Integer> parameters() {
		return this.parts.stream()
			.filter((part) -> part.own() == null)
			.map(Part::parameter)
			.collect(Collectors.toSet());
	}

	/**
	 * Fills in values.
	 * @param arguments the arguments of the method
	 * @param target where the text goes, which says what ends a frame
	 * @param refused makes the exception for a parameter that has a wrong value
	 * @return the text
	 */
	String expand(@Nullable Object[] arguments, Target target,
			BiFunction<Integer, String, IllegalArgumentException> refused) {
		StringBuilder text = new StringBuilder();
		int[] ends = new int[this.parts.size()];
		for (int i = 0; i < ends.length; i++) {
			Part part = this.parts.get(i);
			text.append((part.own() != null) ? part.own() : value(part.parameter(), arguments, refused));
			ends[i] = text.length();
		}
		String expanded = text.toString();
		target.encodings().distinct().forEach((encoding) -> check(expanded, ends, encoding, refused));
		return expanded;
	}

	private static String value(int parameter, @Nullable Object[] arguments,
			BiFunction<Integer, String, IllegalArgumentException> refused) {
		Object argument = arguments[parameter];
		String value = (argument != null) ? argument.toString() : null;
		if (value == null) {
			throw refused.apply(parameter, "null");
		}
		for (int i = 0; i < value.length(); i++) {
			if (Character.isISOControl(value.charAt(i))) {
				throw refused.apply(parameter, "a text with the control character 0x%02x at position %d, which a "
					.formatted((int) value.charAt(i), i) + "peer may take for the end of the message");
			}
		}
		return value;
	}

	/**
	 * Looks for what ends a frame, and refuses where it is not wholly the template's. The
	 * end of the text may be the beginning of it, together with what follows.
	 */
	private void check(String text, int[] ends, Encoding encoding,
			BiFunction<Integer, String, IllegalArgumentException> refused) {
		List<byte[]> delimiters = encoding.framing().ends();
		byte[] bytes = text.getBytes(encoding.charset());
		if (delimiters.isEmpty() || bytes.length == 0) {
			return;
		}
		byte[] sent = encoding.sent(bytes);
		for (byte[] end : delimiters) {
			for (int at = 0; at < bytes.length && at + end.length <= sent.length; at++) {
				int parameter = Arrays.equals(sent, at, at + end.length, end, 0, end.length)
						? parameterAt(text, ends, encoding.charset(), at, at + end.length) : -1;
				if (parameter >= 0) {
					throw refused.apply(parameter,
							"a text that makes %s here, which ends a frame".formatted(ByteValues.format(end)));
				}
			}
		}
	}

	/**
	 * Returns the parameter whose value some bytes depend on, or -1 if they stand within
	 * one part of the template's own words, or begin within the last one. A value without
	 * characters may join two.
	 */
	private int parameterAt(String text, int[] ends, Charset charset, int begin, int end) {
		int found = -1;
		int from = 0;
		for (int i = 0; i < ends.length; i++) {
			// What follows belongs to the last part.
			int to = (i + 1 < ends.length) ? text.substring(0, ends[i]).getBytes(charset).length : Integer.MAX_VALUE;
			Part part = this.parts.get(i);
			if (part.own() != null && begin >= from && end <= to) {
				return -1;
			}
			if (part.own() == null && found < 0 && from < end && to >= begin) {
				found = part.parameter();
			}
			from = to;
		}
		return found;
	}

	/**
	 * A part of the template.
	 *
	 * @param own the template's own words, or {@code null} for a parameter
	 * @param parameter the index of the parameter
	 */
	private record Part(@Nullable String own, int parameter) {

	}

}
