package dev.socketserver.autoconfigure.framing;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.IntConsumer;

import dev.socketserver.autoconfigure.framing.FramingProperties.After;
import dev.socketserver.autoconfigure.framing.FramingProperties.Common;
import dev.socketserver.autoconfigure.framing.FramingProperties.Counted;
import dev.socketserver.autoconfigure.framing.FramingProperties.Delimited;
import dev.socketserver.autoconfigure.framing.FramingProperties.Delimiter;
import dev.socketserver.autoconfigure.framing.FramingProperties.Embedded;
import dev.socketserver.autoconfigure.framing.FramingProperties.Ended;
import dev.socketserver.autoconfigure.framing.FramingProperties.EscapeList;
import dev.socketserver.autoconfigure.framing.FramingProperties.Fixed;
import dev.socketserver.autoconfigure.framing.FramingProperties.HeaderBlock;
import dev.socketserver.autoconfigure.framing.FramingProperties.LengthField;
import dev.socketserver.autoconfigure.framing.FramingProperties.Line;
import dev.socketserver.autoconfigure.framing.FramingProperties.Pair;
import dev.socketserver.autoconfigure.framing.FramingProperties.StartEnd;
import dev.socketserver.autoconfigure.framing.FramingProperties.Sync;
import dev.socketserver.autoconfigure.properties.InvalidSocketPropertyException;
import dev.socketserver.autoconfigure.properties.WrongValues;
import dev.socketserver.framing.Escape;
import dev.socketserver.framing.FramingBuilder;
import dev.socketserver.framing.InvalidFramingException;
import dev.socketserver.framing.LengthFieldBuilder;
import dev.socketserver.framing.LineEnding;
import dev.socketserver.framing.builder.CountedBuilder;
import dev.socketserver.framing.builder.DelimiterBuilder;
import dev.socketserver.framing.builder.FixedBuilder;
import dev.socketserver.framing.builder.Framings;
import dev.socketserver.framing.builder.HeaderBlockBuilder;
import dev.socketserver.framing.builder.LineBuilder;
import dev.socketserver.framing.builder.StartEndBuilder;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.PropertyMapper;

/**
 * Hands the keys of a framing block to the builder of its type.
 */
final class FramingBuilders {

	private static final PropertyMapper map = PropertyMapper.get();

	private FramingBuilders() {
	}

	static LineBuilder line(FramingBlock block, Line keys) {
		LineBuilder builder = Framings.line();
		ending(block, builder::ending);
		block.set(keys, LineBuilder.class, builder, "loneCr");
		map.from(keys.loneCr()).to(builder::loneCarriageReturn);
		embedded(block, builder::rejectEmbedded);
		return builder;
	}

	static CountedBuilder counted(FramingBlock block, Counted keys) {
		CountedBuilder builder = Framings.counted();
		ending(block, builder::ending);
		block.set(keys, CountedBuilder.class, builder, "when");
		map.from(keys.when()).as((words) -> words.toArray(new String[0])).to(builder::when);
		afterBytes(block, builder::after);
		return builder;
	}

	private static void afterBytes(FramingBlock block, Consumer<byte[]> setter) {
		// None at all cannot be written as bytes.
		after(block)
			.as((after) -> after.equals("0") ? new byte[0] : PropertyBytes.of(block.property("after"), after).bytes())
			.to(setter);
	}

	/** Returns the key, of which an empty value is the default. */
	private static PropertyMapper.Source<String> after(FramingBlock block) {
		return map.from(block.bind(After.class).after()).whenNot(String::isEmpty);
	}

	private static void ending(FramingBlock block, Consumer<LineEnding> setter) {
		map.from(block.bind(Ended.class).ending())
			.whenNot(String::isEmpty)
			.to((ending) -> setter.accept(LineEnding.of(ending)));
	}

	static LengthFieldBuilder lengthField(FramingBlock block, LengthField keys) {
		LengthFieldBuilder builder = Framings.lengthField();
		block.set(keys, LengthFieldBuilder.class, builder);
		after(block).to((after) -> after(block.property("after"), after, builder));
		block.set(block.bind(Sync.class), LengthFieldBuilder.class, builder);
		return builder;
	}

	private static void after(String property, String after, LengthFieldBuilder builder) {
		if (after.matches(" +")) {
			throw new InvalidSocketPropertyException(property, after, "it must not be blank",
					"Write how many bytes follow, or a space as \"hex:20\"");
		}
		if (after.matches("-?[0-9]+")) {
			builder.after(number(property, after));
		}
		else {
			builder.after(PropertyBytes.of(property, after).bytes());
		}
	}

	/** Sets how many bytes follow the end of a frame. */
	private static void afterEnd(FramingBlock block, IntConsumer setter) {
		after(block).to((after) -> setter.accept(number(block.property("after"), after)));
	}

	private static int number(String property, String text) {
		try {
			return Integer.parseInt(text);
		}
		catch (NumberFormatException ex) {
			throw new InvalidSocketPropertyException(property, text,
					"it must be " + WrongValues.expected(Integer.class, text), "Change " + property, ex);
		}
	}

	static FixedBuilder fixed(FramingBlock block, Fixed keys) {
		FixedBuilder builder = Framings.fixed();
		block.set(keys, FixedBuilder.class, builder);
		block.set(block.bind(Sync.class), FixedBuilder.class, builder);
		return builder;
	}

	static DelimiterBuilder delimiter(FramingBlock block, Delimiter keys) {
		DelimiterBuilder builder = Framings.delimiter();
		List<PropertyBytes> delimiters = block.bytes("delimiters", keys.delimiters());
		for (PropertyBytes delimiter : delimiters) {
			if (delimiter.bytes().length == 0) {
				// The framing would refuse it too, but could not say which one it is.
				throw new InvalidSocketPropertyException(delimiter.property(), delimiter.text(),
						"must have at least one byte", "Change " + delimiter.property());
			}
		}
		builder.delimiters(delimiters.stream().map(PropertyBytes::bytes).toList());
		block.set(keys, DelimiterBuilder.class, builder, "delimiters");
		afterEnd(block, builder::after);
		embedded(block, builder::rejectEmbedded);
		return builder;
	}

	static StartEndBuilder startEnd(FramingBlock block, StartEnd keys) {
		StartEndBuilder builder = Framings.startEnd();
		block.set(keys, StartEndBuilder.class, builder);
		afterEnd(block, builder::after);
		embedded(block, builder::rejectEmbedded);
		return builder;
	}

	static HeaderBlockBuilder headerBlock(FramingBlock block, HeaderBlock keys) {
		HeaderBlockBuilder builder = Framings.headerBlock();
		map.from(keys.lengthHeader())
			.whenNot(List::isEmpty)
			.as((names) -> names.toArray(new String[0]))
			.to(builder::lengthHeader);
		afterBytes(block, builder::after);
		return builder;
	}

	/** Sets the keys of all types. */
	static void common(FramingBlock block, Common keys, FramingBuilder<?> builder) {
		block.set(keys, FramingBuilder.class, builder, "type", "escape", "samples");
		if (block.has("escape")) {
			builder.escape(escape(block, keys.escape()));
		}
	}

	private static void embedded(FramingBlock block, Consumer<Boolean> setter) {
		map.from(block.bind(Delimited.class).embedded()).as(Embedded.REJECT::equals).to(setter);
	}

	private static Escape escape(FramingBlock block, FramingProperties.@Nullable Escape mark) {
		List<Pair> pairs = block.bind(EscapeList.class).escape();
		boolean marked = mark != null && (mark.mark() != null || mark.mask() != null);
		if (marked == (pairs != null && !pairs.isEmpty())) {
			FramingBlock escape = block.block("escape");
			throw new InvalidSocketPropertyException(escape.property(), escape.written(),
					"it must be a list or a block", "Write a list of from and to, or mark and mask");
		}
		if (mark != null && marked) {
			return Escape.mark(single(block.property("escape.mark"), mark.mark()),
					(mark.mask() != null) ? single(block.property("escape.mask"), mark.mask()) : 0);
		}
		List<Escape.Pair> escaped = new ArrayList<>();
		for (Pair pair : Objects.requireNonNull(pairs)) {
			escaped.add(pair(block.property("escape[" + escaped.size() + "]."), pair));
		}
		return Escape.pairs(escaped);
	}

	private static Escape.Pair pair(String element, Pair pair) {
		PropertyBytes from = PropertyBytes.of(element + "from", pair.from());
		PropertyBytes to = PropertyBytes.of(element + "to", pair.to());
		try {
			return Escape.pair(from.bytes(), to.bytes());
		}
		catch (InvalidFramingException ex) {
			PropertyBytes wrong = ex.key().equals("escape.from") ? from : to;
			throw new InvalidSocketPropertyException(wrong.property(), wrong.text(), ex.rule(),
					"Change " + wrong.property(), ex);
		}
	}

	private static int single(String property, @Nullable String text) {
		byte[] bytes = PropertyBytes.of(property, text).bytes();
		if (bytes.length != 1) {
			throw new InvalidSocketPropertyException(property, text, "it must be one byte",
					"Write one byte, such as \"hex:7d\"");
		}
		return bytes[0] & 0xFF;
	}

}
