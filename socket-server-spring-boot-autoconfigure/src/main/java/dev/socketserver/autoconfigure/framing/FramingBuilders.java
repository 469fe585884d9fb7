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
		map.from(keys.strict()).to(builder::strict);
		map.from(keys.loneCr()).to(builder::loneCarriageReturn);
		embedded(block, builder::rejectEmbedded);
		return builder;
	}

	static CountedBuilder counted(FramingBlock block, Counted keys) {
		CountedBuilder builder = Framings.counted();
		ending(block, builder::ending);
		map.from(keys.word()).to(builder::word);
		map.from(keys.when()).as((words) -> words.toArray(new String[0])).to(builder::when);
		map.from(keys.ignoreCase()).to(builder::ignoreCase);
		afterBytes(block, builder::after);
		return builder;
	}

	private static void afterBytes(FramingBlock block, Consumer<byte[]> setter) {
		// None at all cannot be written as bytes: an empty value is the default.
		map.from(block.bind(After.class).after())
			.whenNot(String::isEmpty)
			.as((after) -> after.equals("0") ? new byte[0] : Bytes.of(block.property("after"), after).bytes())
			.to(setter);
	}

	private static void ending(FramingBlock block, Consumer<LineEnding> setter) {
		map.from(block.bind(Ended.class).ending())
			.whenNot(String::isEmpty)
			.to((ending) -> setter.accept(LineEnding.of(ending)));
	}

	static LengthFieldBuilder lengthField(FramingBlock block, LengthField keys) {
		LengthFieldBuilder builder = Framings.lengthField();
		map.from(keys.offset()).to(builder::offset);
		map.from(keys.width()).to(builder::width);
		map.from(keys.encoding()).to(builder::encoding);
		map.from(keys.byteOrder()).to((order) -> builder.byteOrder(order.javaOrder()));
		bytes(block, "mask", keys.mask(), builder::mask);
		map.from(keys.adjust()).to(builder::adjust);
		map.from(keys.strip()).to(builder::strip);
		map.from(block.bind(After.class).after())
			.whenNot(String::isEmpty)
			.to((after) -> after(block.property("after"), after, builder));
		bytes(block, "terminator", keys.terminator(), builder::terminator);
		map.from(keys.zero()).to(builder::zero);
		map.from(keys.onSend()).to(builder::onSend);
		bytes(block, "sync", block.bind(Sync.class).sync(), builder::sync);
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
			builder.after(Bytes.of(property, after).bytes());
		}
	}

	/** Sets how many bytes follow the end of a frame. */
	private static void afterEnd(FramingBlock block, IntConsumer setter) {
		map.from(block.bind(After.class).after())
			.whenNot(String::isEmpty)
			.to((after) -> setter.accept(number(block.property("after"), after)));
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
		map.from(keys.size()).to(builder::size);
		bytes(block, "sync", block.bind(Sync.class).sync(), builder::sync);
		return builder;
	}

	static DelimiterBuilder delimiter(FramingBlock block, Delimiter keys) {
		DelimiterBuilder builder = Framings.delimiter();
		List<Bytes> delimiters = block.bytes("delimiters", keys.delimiters());
		for (Bytes delimiter : delimiters) {
			if (delimiter.bytes().length == 0) {
				// The framing would refuse it too, but could not say which one it is.
				throw new InvalidSocketPropertyException(delimiter.property(), delimiter.text(),
						"must have at least one byte", "Change " + delimiter.property());
			}
		}
		builder.delimiters(delimiters.stream().map(Bytes::bytes).toList());
		map.from(keys.keep()).to(builder::keep);
		afterEnd(block, builder::after);
		embedded(block, builder::rejectEmbedded);
		return builder;
	}

	static StartEndBuilder startEnd(FramingBlock block, StartEnd keys) {
		StartEndBuilder builder = Framings.startEnd();
		bytes(block, "start", keys.start(), builder::start);
		bytes(block, "end", keys.end(), builder::end);
		map.from(keys.resync()).to(builder::resync);
		map.from(keys.restart()).to(builder::restart);
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
		bytes(block, "skip", keys.skip(), builder::skip);
		if (block.has("escape")) {
			builder.escape(escape(block, keys.escape()));
		}
		map.from(keys.switchable()).to(builder::switchable);
		map.from(keys.onBad()).to(builder::onBad);
	}

	private static void embedded(FramingBlock block, Consumer<Boolean> setter) {
		map.from(block.bind(Delimited.class).embedded()).as(Embedded.REJECT::equals).to(setter);
	}

	private static void bytes(FramingBlock block, String key, @Nullable String text, Consumer<byte[]> setter) {
		map.from(text).as((written) -> Bytes.of(block.property(key), written).bytes()).to(setter);
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
		Bytes from = Bytes.of(element + "from", pair.from());
		Bytes to = Bytes.of(element + "to", pair.to());
		try {
			return Escape.pair(from.bytes(), to.bytes());
		}
		catch (InvalidFramingException ex) {
			Bytes wrong = ex.key().equals("escape.from") ? from : to;
			throw new InvalidSocketPropertyException(wrong.property(), wrong.text(), ex.rule(),
					"Change " + wrong.property(), ex);
		}
	}

	private static int single(String property, @Nullable String text) {
		byte[] bytes = Bytes.of(property, text).bytes();
		if (bytes.length != 1) {
			throw new InvalidSocketPropertyException(property, text, "it must be one byte",
					"Write one byte, such as \"hex:7d\"");
		}
		return bytes[0] & 0xFF;
	}

}
