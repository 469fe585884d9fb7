package dev.socketserver.autoconfigure.framing;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntConsumer;
import java.util.function.Supplier;
import java.util.stream.Stream;

import dev.socketserver.autoconfigure.framing.FramingBlock.Bytes;
import dev.socketserver.autoconfigure.properties.InvalidSocketPropertyException;
import dev.socketserver.autoconfigure.properties.Suggestions;
import dev.socketserver.framing.Framing;
import dev.socketserver.framing.FramingBuilder;
import dev.socketserver.framing.FramingPreset;
import dev.socketserver.framing.FramingSamples;
import dev.socketserver.framing.InvalidFramingException;
import dev.socketserver.framing.builder.FrameLimits;
import dev.socketserver.framing.builder.Framings;
import dev.socketserver.framing.builder.SwitchBuilder;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ListableBeanFactory;

/**
 * Creates framings from the properties: from a word, or from a block with a type and its
 * keys. The word, or the type, is the name of a {@code Framing} bean, else that of a
 * preset or a type.
 */
final class FramingFactory {

	private static final String TYPE = "type";

	private final ListableBeanFactory beanFactory;

	FramingFactory(ListableBeanFactory beanFactory) {
		this.beanFactory = beanFactory;
	}

	/**
	 * Creates a framing.
	 * @param block what the properties say about it
	 * @return the framing
	 * @throws InvalidSocketPropertyException if it cannot be created
	 */
	ConfiguredFraming create(FramingBlock block) {
		List<IntConsumer> checks = new ArrayList<>();
		Framing framing = framing(block, checks);
		return new ConfiguredFraming(framing, typeProperty(block), type(block), checks);
	}

	private static String type(FramingBlock block) {
		String word = block.word();
		String type = (word != null) ? word : block.text(TYPE);
		if (type == null || type.isBlank()) {
			throw new InvalidSocketPropertyException(typeProperty(block), type, "a framing needs a type",
					"Set it to one of " + String.join(", ", words()));
		}
		return type;
	}

	private static String typeProperty(FramingBlock block) {
		return (block.word() != null) ? block.property() : block.property(TYPE);
	}

	private Framing framing(FramingBlock block, List<IntConsumer> checks) {
		String word = type(block);
		// A word overrides the keys of a block from another source.
		FramingBlock keys = (block.word() != null) ? block.empty() : block;
		Framing existing = existing(word);
		if (existing != null) {
			return build(keys, word, FramingType.COMMON_KEYS, () -> Framings.extending(existing), checks);
		}
		FramingType type = FramingType.of(word);
		if (type == null) {
			throw unknown(block, word);
		}
		return build(keys, word, type.keys(), () -> begin(keys, type, checks), checks);
	}

	/** Finds the bean of that name, or the preset. */
	private @Nullable Framing existing(String word) {
		if (this.beanFactory.containsBean(word) && this.beanFactory.isTypeMatch(word, Framing.class)) {
			return this.beanFactory.getBean(word, Framing.class);
		}
		FramingPreset preset = FramingPreset.of(word);
		return (preset != null) ? preset.framing() : null;
	}

	private static Framing build(FramingBlock block, String word, List<String> keys, Supplier<FramingBuilder<?>> begin,
			List<IntConsumer> checks) {
		checkKeys(block, word, keys);
		try {
			FramingBuilder<?> builder = begin.get();
			block.bytes("skip", builder::skip);
			if (block.has("escape")) {
				builder.escape(FramingBuilders.escape(block));
			}
			block.value("switchable", Boolean.class, builder::switchable);
			Framing framing = builder.build();
			checks.add((maxFrameBytes) -> checkLimit(block, word, framing, maxFrameBytes));
			for (Bytes sample : block.listOfBytes("samples")) {
				checks.add((maxFrameBytes) -> checkSample(framing, sample, maxFrameBytes));
			}
			return framing;
		}
		catch (InvalidFramingException ex) {
			String property = block.property(ex.key());
			boolean given = block.has(ex.key());
			throw new InvalidSocketPropertyException(property, given ? ex.value() : null, ex.rule(),
					(given ? "Change " : "Set ") + property, ex);
		}
	}

	private FramingBuilder<?> begin(FramingBlock block, FramingType type, List<IntConsumer> checks) {
		return switch (type) {
			case LINE -> FramingBuilders.line(block);
			case LENGTH_FIELD -> FramingBuilders.lengthField(block);
			case DELIMITER -> FramingBuilders.delimiter(block);
			case START_END -> FramingBuilders.startEnd(block);
			case FIXED -> FramingBuilders.fixed(block);
			case HEADER_BLOCK -> FramingBuilders.headerBlock(block);
			case SWITCH -> switching(block, checks);
			case RAW -> Framings.extending(Framing.raw());
		};
	}

	private InvalidSocketPropertyException unknown(FramingBlock block, String word) {
		Set<String> known = new LinkedHashSet<>(words());
		known.addAll(Arrays.asList(this.beanFactory.getBeanNamesForType(Framing.class, true, false)));
		String problem = this.beanFactory.containsBean(word) ? "the bean of that name is no Framing"
				: "there is no such framing, " + Suggestions.sentence(word, known, "");
		return new InvalidSocketPropertyException(typeProperty(block), word, problem,
				"Use one of " + String.join(", ", words()) + ", or the name of a Framing bean");
	}

	private static List<String> words() {
		return Stream
			.concat(Stream.of(FramingType.values()).map(FramingType::word),
					Stream.of(FramingPreset.values()).map(FramingPreset::word))
			.toList();
	}

	/** Refuses the keys of other types. Keys that no framing has were refused before. */
	private static void checkKeys(FramingBlock block, String word, List<String> keys) {
		for (String key : FramingType.allKeys()) {
			if (!keys.contains(key) && block.has(key)) {
				FramingBlock written = block.block(key).first();
				throw new InvalidSocketPropertyException(written.property(), written.written(),
						"a framing of type '%s' has no key '%s'".formatted(word, key),
						"Remove it, or change the type; " + FramingType.sentence(word, keys));
			}
		}
	}

	private static void checkLimit(FramingBlock block, String word, Framing framing, int maxFrameBytes) {
		try {
			FrameLimits.check(framing, maxFrameBytes);
		}
		catch (InvalidFramingException ex) {
			if (block.has(ex.key()) && !ex.key().equals(TYPE)) {
				throw new InvalidSocketPropertyException(block.property(ex.key()), ex.value(), ex.rule(),
						"Make it smaller, or raise limits.frame", ex);
			}
			// A word has no block.
			String property = block.isPresent() ? block.property(TYPE) : block.property();
			throw new InvalidSocketPropertyException(property, word, ex.rule(), "Raise limits.frame", ex);
		}
	}

	private SwitchBuilder switching(FramingBlock block, List<IntConsumer> checks) {
		SwitchBuilder builder = Framings.switching();
		for (FramingBlock each : block.blocks("cases")) {
			byte[] prefix = each.requiredBytes("prefix");
			builder.when(prefix, part(each.block("framing"), checks));
		}
		if (block.has("otherwise")) {
			builder.otherwise(part(block.block("otherwise"), checks));
		}
		return builder;
	}

	/** Creates a framing that is part of a switch. */
	private Framing part(FramingBlock block, List<IntConsumer> checks) {
		if (block.word() == null && block.has("switchable")) {
			throw new InvalidSocketPropertyException(block.property("switchable"), block.text("switchable"),
					"a framing within a switch cannot have it: it is for the switch as a whole",
					"Remove it, and set switchable beside the cases if a handler changes the framing");
		}
		return framing(block, checks);
	}

	private static void checkSample(Framing framing, Bytes sample, int maxFrameBytes) {
		try {
			FramingSamples.check(framing, sample.bytes(), maxFrameBytes);
		}
		catch (IllegalArgumentException ex) {
			throw new InvalidSocketPropertyException(sample.property(), sample.text(), String.valueOf(ex.getMessage()),
					"Write the bytes of exactly one frame, or change the framing", ex);
		}
	}

}
