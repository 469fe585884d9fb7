package dev.socketserver.autoconfigure.framing;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntConsumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import dev.socketserver.autoconfigure.framing.FramingProperties.Case;
import dev.socketserver.autoconfigure.framing.FramingProperties.Common;
import dev.socketserver.autoconfigure.framing.FramingProperties.Counted;
import dev.socketserver.autoconfigure.framing.FramingProperties.Delimiter;
import dev.socketserver.autoconfigure.framing.FramingProperties.Fixed;
import dev.socketserver.autoconfigure.framing.FramingProperties.HeaderBlock;
import dev.socketserver.autoconfigure.framing.FramingProperties.LengthField;
import dev.socketserver.autoconfigure.framing.FramingProperties.Line;
import dev.socketserver.autoconfigure.framing.FramingProperties.StartEnd;
import dev.socketserver.autoconfigure.framing.FramingProperties.Switch;
import dev.socketserver.autoconfigure.properties.InvalidSocketPropertyException;
import dev.socketserver.framing.Framing;
import dev.socketserver.framing.FramingBuilder;
import dev.socketserver.framing.FramingPreset;
import dev.socketserver.framing.FramingSamples;
import dev.socketserver.framing.InvalidFramingException;
import dev.socketserver.framing.builder.FrameLimits;
import dev.socketserver.framing.builder.Framings;
import dev.socketserver.framing.builder.SwitchBuilder;
import dev.socketserver.spec.Suggestions;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ListableBeanFactory;

/**
 * Creates framings from the properties: from a word, or from a block with a type and its
 * keys. The word, or the type, is the name of a {@code Framing} bean, else that of a
 * preset or a type.
 */
final class FramingFactory {

	private static final String TYPE = "type";

	private static final Pattern ANY_BYTES = Pattern.compile("^hex:.*\\.");

	private final ListableBeanFactory beanFactory;

	private final ConfiguredChecksums checksums;

	FramingFactory(ListableBeanFactory beanFactory) {
		this.beanFactory = beanFactory;
		this.checksums = new ConfiguredChecksums(beanFactory);
	}

	/**
	 * Creates a framing.
	 * @param block what the properties say about it
	 * @return the framing
	 * @throws InvalidSocketPropertyException if it cannot be created
	 */
	ConfiguredFraming create(FramingBlock block) {
		return create(block, new ArrayList<>());
	}

	private ConfiguredFraming create(FramingBlock block, List<IntConsumer> checks) {
		String word = block.word();
		// A word overrides the keys of a block from another source.
		FramingBlock keys = (word != null) ? block.empty() : block;
		Common common = keys.bind(Common.class);
		String property = (word != null) ? block.property() : block.property(TYPE);
		String type = (word != null) ? word : common.type();
		if (type == null || type.isBlank()) {
			throw new InvalidSocketPropertyException(property, type, "a framing needs a type",
					"Set it to one of " + String.join(", ", words()));
		}
		return new ConfiguredFraming(framing(keys, common, property, type, checks), property, type, checks);
	}

	private Framing framing(FramingBlock block, Common common, String property, String word, List<IntConsumer> checks) {
		Framing existing = existing(word);
		FramingType type = (existing != null) ? FramingType.RAW : FramingType.of(word);
		if (type == null) {
			throw unknown(property, word);
		}
		checkKeys(block, word, (existing != null) ? FramingType.keysOfExisting(word) : type.keys());
		try {
			boolean cases = existing == FramingPreset.M_BUS.framing();
			Framing begun = (existing != null && cases) ? this.checksums.around(block, existing) : existing;
			FramingBuilder<?> builder = (begun != null) ? Framings.extending(begun) : begin(block, type, checks);
			FramingBuilders.common(block, common, builder);
			Framing framing = cases ? builder.build() : this.checksums.around(block, builder.build());
			checks.add((maxFrameBytes) -> checkLimit(block, property, word, framing, maxFrameBytes));
			for (PropertyBytes sample : block.bytes("samples", common.samples())) {
				checks.add((maxFrameBytes) -> checkSample(framing, sample, maxFrameBytes));
			}
			return framing;
		}
		catch (InvalidFramingException ex) {
			String wrong = block.property(ex.key());
			boolean given = block.has(ex.key());
			throw new InvalidSocketPropertyException(wrong, given ? ex.value() : null, ex.rule(),
					(given ? "Change " : "Set ") + wrong, ex);
		}
	}

	/** Finds the bean of that name, or the preset. */
	private @Nullable Framing existing(String word) {
		if (this.beanFactory.containsBean(word) && this.beanFactory.isTypeMatch(word, Framing.class)) {
			return this.beanFactory.getBean(word, Framing.class);
		}
		FramingPreset preset = FramingPreset.of(word);
		return (preset != null) ? preset.framing() : null;
	}

	private FramingBuilder<?> begin(FramingBlock block, FramingType type, List<IntConsumer> checks) {
		return switch (type) {
			case LINE -> FramingBuilders.line(block, block.bind(Line.class));
			case LENGTH_FIELD -> FramingBuilders.lengthField(block, block.bind(LengthField.class));
			case DELIMITER -> FramingBuilders.delimiter(block, block.bind(Delimiter.class));
			case START_END -> FramingBuilders.startEnd(block, block.bind(StartEnd.class));
			case FIXED -> FramingBuilders.fixed(block, block.bind(Fixed.class));
			case HEADER_BLOCK -> FramingBuilders.headerBlock(block, block.bind(HeaderBlock.class));
			case COUNTED -> FramingBuilders.counted(block, block.bind(Counted.class));
			case SWITCH -> switching(block, block.bind(Switch.class), checks);
			case RAW -> Framings.extending(Framing.raw());
		};
	}

	private InvalidSocketPropertyException unknown(String property, String word) {
		Set<String> known = new LinkedHashSet<>(words());
		known.addAll(Arrays.asList(this.beanFactory.getBeanNamesForType(Framing.class, true, false)));
		String problem = this.beanFactory.containsBean(word) ? "the bean of that name is no Framing"
				: "there is no such framing, " + Suggestions.sentence(word, known, "");
		return new InvalidSocketPropertyException(property, word, problem,
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

	private static void checkLimit(FramingBlock block, String property, String word, Framing framing,
			int maxFrameBytes) {
		try {
			FrameLimits.check(framing, maxFrameBytes);
		}
		catch (InvalidFramingException ex) {
			if (block.has(ex.key()) && !ex.key().equals(TYPE)) {
				throw new InvalidSocketPropertyException(block.property(ex.key()), ex.value(), ex.rule(),
						"Make it smaller, or raise limits.frame", ex);
			}
			throw new InvalidSocketPropertyException(property, word, ex.rule(), "Raise limits.frame", ex);
		}
	}

	private SwitchBuilder switching(FramingBlock block, Switch keys, List<IntConsumer> checks) {
		SwitchBuilder builder = Framings.switching();
		List<Case> cases = (keys.cases() != null) ? keys.cases() : List.of();
		for (int i = 0; i < cases.size(); i++) {
			FramingBlock each = block.element("cases", i);
			prefix(each.property("prefix"), cases.get(i).prefix(), part(each.block("framing"), checks), builder);
		}
		if (block.has("otherwise")) {
			builder.otherwise(part(block.block("otherwise"), checks));
		}
		return builder;
	}

	private static void prefix(String property, @Nullable String text, Framing framing, SwitchBuilder builder) {
		if (text == null || !ANY_BYTES.matcher(text).find()) {
			builder.when(PropertyBytes.of(property, text).bytes(), framing);
			return;
		}
		try {
			builder.when(text, framing);
		}
		catch (IllegalArgumentException ex) {
			throw new InvalidSocketPropertyException(property, text, String.valueOf(ex.getMessage()),
					"Write bytes in hexadecimal, and .. for any byte, such as \"hex:..03\"", ex);
		}
	}

	/** Creates a framing that is part of a switch. */
	private Framing part(FramingBlock block, List<IntConsumer> checks) {
		for (Framing inPlace : List.of(SwitchBuilder.REFUSE, SwitchBuilder.DROP)) {
			if (inPlace.type().equals(block.word()) && !this.beanFactory.containsBean(inPlace.type())) {
				return inPlace;
			}
		}
		if (block.word() == null) {
			refuse(block.block("switchable"), "it is for the switch as a whole",
					"Remove it, and set switchable beside the cases if a handler changes the framing");
			refuse(block.block("on-bad"), "where its next frame begins, another case may be decided",
					"Remove it: a bad frame of a switch closes the session");
		}
		return create(block, checks).framing();
	}

	/** Refuses a key of a framing within a switch. */
	private static void refuse(FramingBlock key, String reason, String remedy) {
		if (key.isPresent()) {
			throw new InvalidSocketPropertyException(key.property(), key.text(),
					"a framing within a switch cannot have it: " + reason, remedy);
		}
	}

	private static void checkSample(Framing framing, PropertyBytes sample, int maxFrameBytes) {
		try {
			FramingSamples.check(framing, sample.bytes(), maxFrameBytes);
		}
		catch (IllegalArgumentException ex) {
			throw new InvalidSocketPropertyException(sample.property(), sample.text(), String.valueOf(ex.getMessage()),
					"Write the bytes of exactly one frame, or change the framing", ex);
		}
	}

}
