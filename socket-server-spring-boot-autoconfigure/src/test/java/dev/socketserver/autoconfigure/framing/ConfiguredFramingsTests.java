package dev.socketserver.autoconfigure.framing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.stream.Stream;

import dev.socketserver.SocketServers;
import dev.socketserver.annotation.SocketHandler;
import dev.socketserver.autoconfigure.SocketServerAutoConfiguration;
import dev.socketserver.autoconfigure.properties.Variables;
import dev.socketserver.framing.Framing;
import dev.socketserver.framing.FramingException;
import dev.socketserver.framing.FramingPreset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.beans.factory.aot.AotServices;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.ByteArrayResource;

import static dev.socketserver.autoconfigure.properties.FailedStart.analysis;
import static org.assertj.core.api.Assertions.assertThat;

@ExtendWith(OutputCaptureExtension.class)
class ConfiguredFramingsTests {

	private static final String SERVER = "socket.servers.frames";

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(SocketServerAutoConfiguration.class))
		.withUserConfiguration(FramesConfiguration.class)
		.withPropertyValues(SERVER + ".port=0");

	@ParameterizedTest
	@ValueSource(strings = { "raw", "line", "length-field", "header-block" })
	void aWordIsAType(String word, CapturedOutput output) {
		this.runner.withPropertyValues(SERVER + ".framing=" + word).run((context) -> {
			assertThat(framing(context).type()).isEqualTo(word);
			assertThat(output).contains(", " + word + " framing,");
		});
	}

	@ParameterizedTest
	@EnumSource
	void aWordIsAPreset(FramingPreset preset, CapturedOutput output) {
		this.runner.withPropertyValues(SERVER + ".framing=" + preset.word()).run((context) -> {
			assertThat(framing(context)).isSameAs(preset.framing());
			assertThat(output).contains(", " + preset.word() + " framing,");
		});
	}

	@Test
	void aWordIsTheNameOfABean() {
		this.runner.withPropertyValues(SERVER + ".framing=upTo")
			.run((context) -> assertThat(framing(context)).isSameAs(context.getBean("upTo")));
	}

	@Test
	void aBeanComesBeforeAPresetOfItsName() {
		this.runner.withBean("slip", Framing.class, () -> Framing.fixed(3))
			.withPropertyValues(SERVER + ".framing=slip")
			.run((context) -> assertThat(framing(context)).isSameAs(context.getBean("slip")));
	}

	@Test
	void presetsAndBeansHaveTheKeysOfAll() {
		run("{ type: upTo, skip: '\\r\\n', switchable: true, samples: ['hex:6162633b'] }", (context) -> {
			assertThat(framing(context).switchable()).isTrue();
			assertThat(Frames.decode(framing(context), "\\r\\nab;\\ncd;")).containsExactly("hex:6162", "hex:6364");
		});
		run("{ type: dns, switchable: true }", (context) -> {
			assertThat(framing(context).type()).isEqualTo("dns");
			assertThat(framing(context).switchable()).isTrue();
		});
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`',
			textBlock = """
					{ type: line, ending: crlf }                                      | hex:610a         | hex:61    | hex:610d0a
					{ type: line, ending: crlf, strict: true }                        | hex:610a620d0a   | hex:610a62 | hex:610a620d0a
					{ type: line, on-bad: skip }                                      | hex:610a         | hex:61    | hex:610a
					{ type: line, lone-cr: true }                                     | hex:610d         | hex:61    | hex:610a
					{ type: line, embedded: reject }                                  | hex:610a         | hex:61    | hex:610a
					{ type: delimiter, delimiters: ";", embedded: reject }            | hex:613b         | hex:61    | hex:613b
					{ type: start-end, start: "(", end: ")", embedded: reject }       | hex:286129       | hex:61    | hex:286129
					{ type: delimiter, delimiters: "," }                              | hex:612c         | hex:61    | hex:612c
					{ type: delimiter, delimiters: "\\r\\n" }                         | hex:610d0a       | hex:61    | hex:610d0a
					{ type: delimiter, delimiters: '\\r\\n' }                         | hex:610d0a       | hex:61    | hex:610d0a
					{ type: delimiter, delimiters: [";", "hex:0d0a"] }                | hex:610d0a       | hex:61    | hex:613b
					{ type: delimiter, delimiters: [";"], keep: true }                | hex:613b         | hex:613b  | hex:613b
					{ type: delimiter, delimiters: ";", escape: { mark: '\\\\' } }    | hex:5c3b3b       | hex:3b    | hex:5c3b3b
					{ type: start-end, start: "(", end: ")" }                         | hex:2828612929   | hex:2861  | hex:28286129
					{ type: start-end, start: "hex:7e", end: "hex:7e", escape: { mark: "hex:7d", mask: "hex:20" } } | hex:7e7d5e7e | hex:7e | hex:7e7d5e7e
					{ type: start-end, start: "hex:7e", end: "hex:7e", escape: { mark: "hex:7d", mask: "" } } | hex:7e7d7e7e | hex:7e | hex:7e7d7e7e
					{ type: start-end, start: "hex:7e", end: "hex:7e", escape: [{ from: "hex:7e", to: "hex:7d02" }, { from: "hex:7d", to: "hex:7d01" }] } | hex:7e7d027e | hex:7e | hex:7e7d027e
					{ type: start-end, start: "(", end: ")", after: 1 }               | hex:28612962     | hex:6162  | hex:28612962
					{ type: start-end, start: "(", end: ")", restart: true }          | hex:2862286129   | hex:61    | hex:286129
					{ type: delimiter, delimiters: ";", after: 2 }                    | hex:613b3b63     | hex:613b63 | hex:613b3b63
					{ type: delimiter, delimiters: ";", after: "" }                   | hex:613b         | hex:61    | hex:613b
					{ type: fixed, size: 2, sync: "(" }                               | hex:62612861     | hex:2861  | hex:2861
					{ type: length-field, offset: 2, width: 2, sync: "hex:b562", on-bad: skip } | hex:b562ffffb562000161 | hex:b562000161 | hex:b562000161
					{ type: length-field, width: 2, mask: "hex:0fff" }                | hex:f00161       | hex:61    | hex:000161
					{ type: header-block, length-header: [Content-Length, l] }        | hex:6c3a310a0a61 | hex:6c3a310a0a61 | hex:6c3a310a0a61
					{ type: header-block, length-header: "Content-Length, l" }        | hex:6c3a310a0a61 | hex:6c3a310a0a61 | hex:6c3a310a0a61
					{ type: switch, cases: [{ prefix: "hex:..03", framing: { type: fixed, size: 3 } }], otherwise: drop } | hex:6162610362 | hex:610362 | hex:610362
					{ type: switch, cases: [{ prefix: "hex:16", framing: refuse }, { prefix: a, framing: drop }], otherwise: line } | hex:61620a | hex:62 | hex:620a
					{ type: counted }                                                 | hex:20310d0a610d0a | hex:20310d0a61 | hex:20310d0a610d0a
					{ type: counted, ending: lf, word: 0, when: ["1", a], after: ";" } | hex:3120620a613b | hex:3120620a61 | hex:3120620a613b
					{ type: counted, after: 0 }                                       | hex:310d0a61     | hex:310d0a61 | hex:310d0a61
					{ type: fixed, size: 2 }                                          | hex:6162         | hex:6162  | hex:6162
					{ type: fixed, size: 2, skip: "\\0" }                             | hex:00006162     | hex:6162  | hex:6162
					{ type: length-field, width: 2, byte-order: little }              | hex:010061       | hex:61    | hex:010061
					{ type: length-field, width: 2, adjust: -2 }                      | hex:000361       | hex:61    | hex:000361
					{ type: length-field, width: 2, encoding: bcd }                   | hex:000161       | hex:61    | hex:000161
					{ type: length-field, encoding: decimal, terminator: " " }        | hex:312061       | hex:61    | hex:312061
					{ type: length-field, encoding: varint, zero: ignore }            | hex:000161       | hex:61    | hex:0161
					{ type: length-field, encoding: decimal, terminator: ":", after: "," } | hex:313a612c | hex:61    | hex:313a612c
					{ type: length-field, width: 1, after: 1 }                        | hex:016162       | hex:6162  | hex:016162
					{ type: length-field, offset: 1, width: 1 }                       | hex:680161       | hex:680161 | hex:680161
					{ type: length-field, width: 1, strip: 0, on-send: none }         | hex:0161         | hex:0161  | hex:0161
					{ type: header-block, length-header: L }                          | hex:4c3a310a0a61 | hex:4c3a310a0a61 | hex:4c3a310a0a61
					{ type: switch, cases: [{ prefix: "#", framing: { type: fixed, size: 2 } }], otherwise: line } | hex:2361620a | hex:2361 hex:62 | hex:2361620a
					{ type: switch, cases: [{ prefix: "#", framing: { type: switch, cases: [{ prefix: "#a", framing: { type: fixed, size: 3 } }], otherwise: { type: fixed, size: 2 } } }] } | hex:2361622362 | hex:236162 hex:2362 | hex:2361622362
					""")
	void everyKeyIsRead(String framing, String wire, String payloads, String sent) {
		run(framing, (context) -> {
			assertThat(framing(context).type()).isEqualTo(framing.replaceAll("\\{ type: ([a-z-]+).*", "$1"));
			assertThat(Frames.decode(framing(context), wire)).containsExactly(payloads.split(" "));
			assertThat(Frames.encode(framing(context), payloads.split(" "))).isEqualTo(sent);
		});
	}

	@Test
	void aNativeImageBindsTheRecordsOfAllTypes() {
		RuntimeHints hints = new RuntimeHints();
		for (RuntimeHintsRegistrar registrar : AotServices.factories().load(RuntimeHintsRegistrar.class)) {
			registrar.registerHints(hints, getClass().getClassLoader());
		}
		assertThat(FramingProperties.class.getDeclaredClasses()).filteredOn(Class::isRecord)
			.hasSizeGreaterThan(8)
			.allMatch((type) -> RuntimeHintsPredicates.reflection()
				.onConstructorInvocation(type.getDeclaredConstructors()[0])
				.test(hints))
			.allMatch((type) -> Stream.of(type.getRecordComponents())
				.allMatch((component) -> RuntimeHintsPredicates.reflection()
					.onMethodInvocation(component.getAccessor())
					.test(hints)));
	}

	@Test
	void aBlockIsInheritedWhole() {
		String defaults = "socket.server-defaults.framing";
		ApplicationContextRunner inheriting = this.runner.withPropertyValues(defaults + ".type=length-field",
				defaults + ".width=1");
		inheriting.run((context) -> assertThat(Frames.encode(framing(context), "a")).isEqualTo("hex:0161"));
		inheriting.withPropertyValues(SERVER + ".framing.type=length-field", SERVER + ".framing.adjust=-4")
			.run((context) -> assertThat(Frames.encode(framing(context), "a")).isEqualTo("hex:0000000561"));
		inheriting.withPropertyValues(SERVER + ".framing=line")
			.run((context) -> assertThat(Frames.encode(framing(context), "a")).isEqualTo("hex:610a"));
	}

	@Test
	void whatComesFirstOfAWordAndABlockWins() {
		ApplicationContextRunner block = yaml("{ type: fixed, size: 2 }");
		block.withPropertyValues(SERVER + ".framing=line")
			.run((context) -> assertThat(framing(context).type()).isEqualTo("line"));
		ApplicationContextRunner word = yaml("line");
		word.withPropertyValues(SERVER + ".framing.type=fixed", SERVER + ".framing.size=2")
			.run((context) -> assertThat(framing(context).type()).isEqualTo("fixed"));
		this.runner.withPropertyValues(SERVER + ".framing=line", SERVER + ".framing.ending=crlf")
			.run((context) -> fails(context, ".framing", "'line'", "it is a word, but there are also keys below it",
					"Write a word, or a block with its type"));
	}

	@Test
	void aVariableOverridesAKey() {
		yaml("{ type: length-field, width: 2, byte-order: little }")
			.withInitializer(Variables.of("SOCKET_SERVERS_FRAMES_FRAMING_BYTEORDER=big"))
			.run((context) -> assertThat(Frames.encode(framing(context), "a")).isEqualTo("hex:000161"));
	}

	@Test
	void variablesAloneMakeABlock() {
		this.runner
			.withInitializer(Variables.of("SOCKET_SERVER_DEFAULTS_FRAMING_TYPE=delimiter",
					"SOCKET_SERVER_DEFAULTS_FRAMING_DELIMITERS_0=;", "SOCKET_SERVER_DEFAULTS_FRAMING_DELIMITERS_1=,",
					"SOCKET_SERVER_DEFAULTS_FRAMING_ESCAPE_MARK=+"))
			.run((context) -> assertThat(Frames.decode(framing(context), "a+;,b;")).containsExactly("hex:613b",
					"hex:62"));
		this.runner
			.withInitializer(Variables.of("SOCKET_SERVER_DEFAULTS_FRAMING_TYPE=length-field",
					"SOCKET_SERVER_DEFAULTS_FRAMING_BYTE_ORDER=middle"))
			.run((context) -> assertThat(analysis(context).getDescription())
				.isEqualTo("Property socket.server-defaults.framing.byte-order is 'middle': "
						+ "it must be one of big, little."));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
			{ type: switch, cases: [{ prefix: a, framing: line }, { prefix: b, framing: line }] } | cases[1].prefix
			{ type: delimiter, delimiters: [a, b] }                                               | delimiters[1]
			{ type: line, escape: [{ from: a, to: bc }, { from: b, to: bd }] }                    | escape[1].to
			{ type: line, samples: ["a\\n", "b\\n"] }                                         | samples[1]
			""")
	void aVariableForOneElementOfAListFailsTheStart(String framing, String element) {
		String variable = element.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]", "_");
		yaml(framing).withInitializer(Variables.of("SOCKET_SERVERS_FRAMES_FRAMING_" + variable + "=c"))
			.run((context) -> fails(context, ".framing." + element, "'c'", "the elements of a list are numbered from 0",
					"Write all elements in the same source"));
	}

	@Test
	void aCaseAfterAGapFailsTheStart() {
		yaml("{ type: switch, cases: [{ prefix: a, framing: line }] }")
			.withPropertyValues(SERVER + ".framing.cases[0].prefix=a", SERVER + ".framing.cases[0].framing=line",
					SERVER + ".framing.cases[2].prefix=b")
			.run((context) -> fails(context, ".framing.cases[2].prefix", "'b'",
					"the elements of a list are numbered from 0", "Write all elements in the same source"));
	}

	@Test
	void placeholdersAreResolved() {
		yaml("{ type: start-end, start: '${begin}', end: ')' }").withPropertyValues("begin=hex:28")
			.run((context) -> assertThat(Frames.encode(framing(context), "a")).isEqualTo("hex:286129"));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`',
			textBlock = """
					{ type: start-end, start: 0x0D0A, end: ")" }              | .start        | 3338 | "hex:0d0a"
					{ type: start-end, start: "(", end: 0141 }                | .end          | 97   | "hex:61"
					{ type: start-end, start: "(", end: "7" }                 | .end          | 7    | "hex:37" are its digits as text
					{ type: delimiter, delimiters: [";", 0xFF] }              | .delimiters[1] | 255 | "hex:ff"
					{ type: delimiter, delimiters: 10 }                       | .delimiters   | 10   | "hex:0a"
					{ type: fixed, size: 2, skip: 0 }                         | .skip         | 0    | "hex:00"
					{ type: fixed, size: 1, samples: ["a", 49] }              | .samples[1]   | 49   | "hex:31"
					{ type: delimiter, delimiters: ";", escape: { mark: 0x5C } } | .escape.mark | 92 | "hex:5c"
					{ type: delimiter, delimiters: ";", escape: { mark: "+", mask: 0x20 } } | .escape.mask | 32 | "hex:20"
					{ type: delimiter, delimiters: ";", escape: [{ from: 0x3B, to: "ab" }] } | .escape[0].from | 59 | "hex:3b"
					{ type: delimiter, delimiters: ";", escape: [{ from: ";", to: 0x3B3B }] } | .escape[0].to | 15163 | "hex:3b3b"
					{ type: length-field, encoding: decimal, terminator: 0x20 } | .terminator | 32   | "hex:20"
					{ type: switch, cases: [{ prefix: 0x7878, framing: line }] } | .cases[0].prefix | 30840 | "hex:7878"
					{ type: switch, cases: [{ prefix: "a", framing: line }], otherwise: { type: fixed, size: 1, skip: 10 } } | .otherwise.skip | 10 | "hex:0a"
					""")
	void aNumberWhereBytesAreMeantFailsTheStart(String framing, String property, String value, String remedy) {
		run(framing,
				(context) -> fails(context, ".framing" + property, "'" + value + "'",
						"it is a number, but must be bytes: YAML reads 0x0D0A as the number 3338, and 0141 as 97",
						"quote it: ", remedy));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`',
			textBlock = """
					lines                                     |                | 'lines'   | there is no such framing, nearest: 'line' | Use one of line, length-field, delimiter, start-end, fixed, header-block, counted, switch, raw, syslog, mllp,
					MLLP                                      |                | 'MLLP'    | there is no such framing, nearest: 'mllp' | Use one of line
					upToo                                     |                | 'upToo'   | there is no such framing, nearest: 'upTo' | or the name of a Framing bean
					frames                                    |                | 'frames'  | the bean of that name is no Framing       | or the name of a Framing bean
					{ type: lines }                           | .type          | 'lines'   | there is no such framing, nearest: 'line' | Use one of
					{ size: 5 }                               | .type          | not set   | a framing needs a type                    | Set it to one of line, length-field,
					{ type: line, endign: crlf }              | .endign        | 'crlf'    | a framing of type 'line' has no such key, nearest: 'socket.servers.frames.framing.ending' | Change the key
					{ type: line, stript: true }              | .stript        | 'true'    | a framing of type 'line' has no such key, nearest: 'socket.servers.frames.framing.strict' | Change the key
					{ type: length-field, stript: 2 }         | .stript        | '2'       | a framing of type 'length-field' has no such key, nearest: 'socket.servers.frames.framing.strip' | Change the key
					{ type: fixed, siez: 2, samples: [ab] }   | .siez          | '2'       | a framing of type 'fixed' has no such key, nearest: 'socket.servers.frames.framing.size' | Change the key
					{ type: line, escape: { form: a } }       | .escape.form   | 'a'       | a framing of type 'line' has no such key. | Change the key
					{ type: mllp, sampels: a }                | .sampels       | 'a'       | a framing of type 'mllp' has no such key, nearest: 'socket.servers.frames.framing.samples' | Change the key
					{ type: mllp, strat: a }                  | .strat         | 'a'       | a framing of type 'mllp' has no such key. | Change the key
					{ type: upTo, endign: crlf }              | .endign        | 'crlf'    | there is no such key, nearest: 'socket.servers.frames.framing.ending' | Change the key
					{ type: line, size: 5 }                   | .size          | '5'       | a framing of type 'line' has no key 'size' | 'line' has the keys ending, strict, lone-cr, embedded, checksum, skip, escape, samples, switchable, on-bad
					{ type: mllp, start: "a" }                | .start         | 'a'       | a framing of type 'mllp' has no key 'start' | 'mllp' has the keys skip, escape, samples, switchable, on-bad
					{ type: line, delimiters: [a] }           | .delimiters[0] | 'a'       | a framing of type 'line' has no key 'delimiters' | Remove it, or change the type
					{ type: line, ending: cr }                | .ending        | 'cr'      | must be one of lf, crlf, none             | Change
					{ type: line, strict: maybe }             | .strict        | 'maybe'   | it must be true or false                  | Change
					{ type: delimiter }                       | .delimiters    | not set   | needs at least one                        | Set socket.servers.frames.framing
					{ type: start-end, end: ")" }             | .start         | not set   | must have at least one byte               | Set socket.servers.frames.framing
					{ type: start-end, start: "", end: ")" }  | .start         | empty     | must have at least one byte               | Change
					{ type: start-end, start: "hex:0", end: ")" } | .start     | 'hex:0'   | 'hex:0' has an odd number of hexadecimal digits | Write bytes as "hex:0d0a"
					{ type: start-end, start: "0x02", end: ")" } | .start      | '0x02'    | it would be read as text, but is probably meant as bytes | "hex:02" is the number, "hex:30783032" is the text
					{ type: delimiter, delimiters: ["a", "0XD0A"] } | .delimiters[1] | '0XD0A' | it would be read as text, but is probably meant as bytes | "hex:0d0a"
					{ type: start-end, start: "\\xC0", end: ")" } | .start      | 'À'       | characters from 0x80 to 0xFF              | "hex:c0"
					{ type: start-end, start: "(", end: "" }  | .end           | empty     | must have at least one byte               | Change
					{ type: start-end, start: "(", end: empty, escape: [] } | .escape | empty | it must be a list or a block          | Write a list
					{ type: delimiter, delimiters: "" }       | .delimiters    | empty     | needs at least one               | Change socket.servers.frames.framing.delimiters.
					{ type: delimiter, delimiters: [";", ""] } | .delimiters[1] | empty    | must have at least one byte               | Change socket.servers.frames.framing.delimiters[1].
					{ type: delimiter, delimiters: [] }       | .delimiters    | empty     | needs at least one               | Change
					{ type: switch, cases: [{ prefix: "", framing: line }] } | .cases[0].prefix | empty | must have at least one byte  | Change
					{ type: fixed }                           | .size          | not set   | must be at least 1                        | Set socket.servers.frames.framing
					{ type: fixed, size: many }               | .size          | 'many'    | it must be a whole number                 | Change
					{ type: fixed, size: 65537 }              | .size          | '65537'   | limits.frame is 65536 bytes               | Make it smaller, or raise limits.frame
					{ type: length-field, width: 9 }          | .width         | '9'       | must be between 1 and 8                   | Change
					{ type: length-field, byte-order: middle } | .byte-order   | 'middle'  | it must be one of big, little             | Change
					{ type: length-field, encoding: octal }   | .encoding      | 'octal'   | it must be one of binary, decimal, hex, bcd, varint | Change
					{ type: raw, skip: "a" }                  | .skip          | 'hex:61'  | raw has no frames                         | Change
					{ type: switch }                          | .cases         | not set   | needs at least one                        | Set socket.servers.frames.framing
					{ type: switch, cases: [{ framing: line }] } | .cases[0].prefix | not set | bytes are needed                      | Write bytes as
					{ type: switch, cases: [{ prefix: a }] }  | .cases[0].framing.type | not set | a framing needs a type               | Set it to one of
					{ type: switch, cases: [{ prefix: a, framing: lien }] } | .cases[0].framing | 'lien' | there is no such framing, nearest: 'line' | Use one of
					{ type: switch, cases: [{ prefix: a, type: fixed, size: 1 }] } | .cases[0].type | 'fixed' | nearest: 'socket.servers.frames.framing.cases[].framing.type' | Change the key
					{ type: switch, cases: [{ prefix: a, framing: delimiter, delimiters: ["x"] }] } | .cases[0].delimiters[0] | 'x' | nearest: 'socket.servers.frames.framing.cases[].framing.delimiters[]' | Change the key
					{ type: switch, cases: [{ prefix: a, framing: { type: fixed, siz: 1 } }] } | .cases[0].framing.siz | '1' | nearest: 'socket.servers.frames.framing.cases[0].framing.size' | Change the key
					{ type: switch, cases: [{ prefix: a, framing: { type: fixed, size: 0 } }] } | .cases[0].framing.size | '0' | must be at least 1 | Change socket.servers.frames.framing.cases[0].framing.size
					{ type: switch, cases: [{ prefix: a, framing: line }, { prefix: ab, framing: line }] } | .cases[1].prefix | 'hex:6162' | put the longer prefix first | Change
					{ type: switch, cases: [{ prefix: a, framing: line }], otherwise: { type: fixed, size: 99999 } } | .otherwise.size | '99999' | limits.frame is 65536 bytes | Make it smaller
					{ type: switch, cases: [{ prefix: a, framing: { type: line, switchable: true } }] } | .cases[0].framing.switchable | 'true' | it is for the switch as a whole | set switchable beside the cases
					{ type: switch, switchable: true, cases: [{ prefix: a, framing: line }], otherwise: { type: dns, switchable: false } } | .otherwise.switchable | 'false' | it is for the switch as a whole | Remove it
					{ type: delimiter, delimiters: ";", keep: true, after: 1 } | .after | '1' | keep is true: what follows the delimiter | Change
					{ type: delimiter, delimiters: ";", after: "a" } | .after | 'a' | it must be a whole number | Change
					{ type: start-end, start: "(", end: ")", after: -1 } | .after | '-1' | must not be negative | Change
					{ type: start-end, start: "(", end: ")", after: 70000 } | .after | '70000' | no frame would ever be accepted, as limits.frame is 65536 bytes | Make it smaller
					{ type: start-end, start: "~", end: "~", restart: true } | .restart | 'true' | start and end begin alike | Change
					{ type: length-field, mask: "hex:fffe" } | .mask | 'hex:fffe' | must be the lowest bits of the length | Change
					{ type: length-field, mask: 7 } | .mask | '7' | it is a number, but must be bytes | Write bytes in hexadecimal
					{ type: length-field, encoding: decimal, mask: "hex:7f" } | .mask | 'hex:7f' | only a binary length has bits | Change
					{ type: length-field, sync: "hex:b562" } | .sync | 'hex:b562' | set offset to 2 or more | Change
					{ type: fixed, size: 1, sync: "hex:b562" } | .sync | 'hex:b562' | has more bytes than a frame, which has 1 | Change
					{ type: delimiter, delimiters: ";", sync: "a" } | .sync | 'a' | a framing of type 'delimiter' has no key 'sync' | Remove it
					{ type: header-block, length-header: [Content-Length, "a b"] } | .length-header | 'a b' | must be the name of one header | Change
					{ type: header-block, length-header: [Content-Length, ""] } | .length-header | empty | must be the name of one header | Change
					{ type: switch, cases: [{ prefix: "hex:0..3", framing: line }] } | .cases[0].prefix | 'hex:0..3' | has something else than pairs of hexadecimal digits or dots | Write bytes in hexadecimal, and .. for any byte
					{ type: switch, cases: [{ prefix: "hex:..", framing: line }, { prefix: "a", framing: line }] } | .cases[1].prefix | 'hex:61' | case 0 takes every frame that begins so | Change
					{ type: switch, cases: [{ prefix: a, framing: refuse }], otherwise: drop } | .cases | 'refuse' | needs one case with a framing | Change
					drop | | 'drop' | there is no such framing | Use one of
					{ type: switch, cases: [{ prefix: a, framing: { type: drop } }] } | .cases[0].framing.type | 'drop' | there is no such framing | Use one of
					{ type: counted, ending: none } | .ending | 'none' | no line would ever end | Change
					{ type: counted, after: 2 } | .after | '2' | it is a number, but must be bytes | Write bytes in hexadecimal
					{ type: counted, word: last } | .word | 'last' | it must be a whole number | Change
					{ type: counted, when: [set, "a b"] } | .when | 'a b' | must be one word | Change
					{ type: counted, on-bad: skip } | .on-bad | 'skip' | the next frame could not be found | Change
					{ type: line, after: 1 } | .after | '1' | a framing of type 'line' has no key 'after' | Remove it, or change the type
					{ type: switch, cases: [{ prefix: a, framing: { type: line, on-bad: skip } }] } | .cases[0].framing.on-bad | 'skip' | where its next frame begins, another case may be decided | Remove it
					{ type: length-field, on-bad: skip } | .on-bad | 'skip' | the next frame could not be found behind a bad frame of 'length-field': it can with line, delimiter, start-end, fix, or a sync | Change
					{ type: line, on-bad: ignore } | .on-bad | 'ignore' | it must be one of close, skip | Change
					{ type: modbus, escape: [{ from: "%", to: "%%" }] } | .escape | 'set' | the length is part of the payload | Change
					{ type: header-block, escape: [{ from: "%", to: "%%" }] } | .escape | 'set' | the length is part of the payload | Change
					{ type: upTo, escape: [{ from: "%", to: "%;" }] } | .escape | '0x25 → hex:253b' | it has 0x3b in it, which delimits frames of 'delimiter' | Change
					{ type: jt808, skip: "hex:7e" } | .skip | 'hex:7e' | would take 0x7e, with which the framing begins a frame | Change
					{ type: delimiter, delimiters: ";", escape: { mark: ab } } | .escape.mark | 'ab' | it must be one byte               | Write one byte
					{ type: delimiter, delimiters: ";", escape: { mask: "a" } } | .escape.mark | not set | bytes are needed             | Write bytes as
					{ type: delimiter, delimiters: ";", escape: [{ from: "a" }] } | .escape[0].to | not set | bytes are needed          | Write bytes as
					{ type: delimiter, delimiters: ";", escape: [{ from: "ab", to: "cd" }] } | .escape[0].from | 'ab' | must be one byte | Change
					{ type: delimiter, delimiters: ";", escape: [{ from: "+", to: "++" }, { from: ";", to: "b" }] } | .escape[1].to | 'b' | must be at least two bytes | Change
					{ type: delimiter, delimiters: ";", escape: [{ from: ";", to: "ab" }] } | .escape | '0x3b → hex:6162' | is not escaped itself | Change
					""")
	void aFramingThatCannotWorkFailsTheStart(String framing, String property, String value, String problem,
			String remedy) {
		run(framing,
				(context) -> fails(context, ".framing" + ((property != null) ? property : ""), value, problem, remedy));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`',
			textBlock = """
					{ type: line, samples: ["a\\n", "a\\nb\\n"] }                      | .samples[1] | more than one frame: another ends at byte 4
					{ type: start-end, start: "(", end: ")", samples: "(a" }           | .samples    | not a whole frame: its last 2 bytes
					{ type: start-end, start: "(", end: ")", samples: "a(b)" , resync: false } | .samples | at byte 0
					{ type: length-field, offset: 1, width: 1, strip: 2, on-send: none, samples: "hex:680161" } | .samples | its payload, sent and received again
					{ type: length-field, width: 2, samples: ["hex:ffff"] }            | .samples[0] | not a whole frame: its last 2 bytes
					{ type: switch, cases: [{ prefix: a, framing: { type: fixed, size: 3, samples: ["ab"] } }] } | .cases[0].framing.samples[0] | 2 bytes
					""")
	void aSampleThatIsNoFrameFailsTheStart(String framing, String property, String problem) {
		run(framing, (context) -> {
			FailureAnalysis analysis = analysis(context);
			assertThat(analysis.getDescription()).startsWith("Property " + SERVER + ".framing" + property + " is '")
				.contains(problem);
			assertThat(analysis.getAction()).startsWith("Write the bytes of exactly one frame");
		});
	}

	@Test
	void samplesThatAreFramesAreFine() {
		run("{ type: mllp, samples: ['hex:0b611c0d', '\\x0bMSH\\r\\x1c\\r'] }",
				(context) -> assertThat(framing(context).type()).isEqualTo("mllp"));
	}

	@Test
	void aFrameOfTheSizeThatTheLimitAllowsIsFine() {
		yaml("{ type: fixed, size: 70000 }").withPropertyValues(SERVER + ".limits.frame=70000B")
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void aMistakeInTheDefaultsIsNamedAsSuch() {
		ApplicationContextRunner defaults = this.runner
			.withPropertyValues("socket.server-defaults.framing.type=length-field");
		defaults.withPropertyValues("socket.server-defaults.framing.width=9")
			.run((context) -> assertThat(analysis(context).getDescription())
				.isEqualTo("Property socket.server-defaults.framing.width is '9': must be between 1 and 8."));
		defaults.withPropertyValues("socket.server-defaults.framing.widht=2")
			.run((context) -> assertThat(analysis(context).getDescription())
				.contains("no such key, nearest: 'socket.server-defaults.framing.width'"));
		defaults.withPropertyValues("socket.server-defaults.framing.samples=hex:00")
			.run((context) -> assertThat(analysis(context).getDescription())
				.startsWith("Property socket.server-defaults.framing.samples is 'hex:00': "));
	}

	@Test
	void aFramingThatTheHandlerCannotHaveIsNamedByItsType() {
		this.runner.withUserConfiguration(TextConfiguration.class)
			.withPropertyValues(SERVER + ".framing=line", "socket.servers.text.port=0",
					"socket.servers.text.framing.type=raw")
			.run((context) -> assertThat(analysis(context).getDescription())
				.startsWith("Property socket.servers.text.framing.type is 'raw': it has no boundaries"));
	}

	private ApplicationContextRunner yaml(String framing) {
		return this.runner.withInitializer((context) -> {
			String text = "socket.servers.frames.framing: " + framing;
			try {
				new YamlPropertySourceLoader()
					.load("application.yml", new ByteArrayResource(text.getBytes(StandardCharsets.UTF_8)))
					.forEach(context.getEnvironment().getPropertySources()::addLast);
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		});
	}

	private void run(String framing, Check check) {
		yaml(framing).run(check::on);
	}

	private static Framing framing(AssertableApplicationContext context) {
		return context.getBean(SocketServers.class).get("frames").spec().framing();
	}

	private static void fails(AssertableApplicationContext context, String property, String value, String problem,
			String... remedy) {
		FailureAnalysis analysis = analysis(context);
		assertThat(analysis.getDescription()).startsWith("Property " + SERVER + property + " is " + value + ":")
			.contains(problem);
		assertThat(analysis.getAction()).contains(remedy);
	}

	private interface Check {

		void on(AssertableApplicationContext context) throws FramingException;

	}

	@Configuration(proxyBeanMethods = false)
	static class FramesConfiguration {

		@Bean
		@SocketHandler("frames")
		Consumer<byte[]> frames() {
			return (bytes) -> {
			};
		}

		@Bean
		Framing upTo() {
			return Framing.delimiter(";");
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class TextConfiguration {

		@Bean
		@SocketHandler("text")
		Consumer<String> text() {
			return (text) -> {
			};
		}

	}

}
