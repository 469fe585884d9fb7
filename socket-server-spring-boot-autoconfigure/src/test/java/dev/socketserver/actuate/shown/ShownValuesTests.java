package dev.socketserver.actuate.shown;

import java.util.AbstractMap;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that {@link ShownValues} shows values that are not made to be shown.
 */
class ShownValuesTests {

	private final ShownValues values = new ShownValues(List.of());

	@Test
	void aValueThatThrowsWhateverItIsDoesNotHideTheOthers() {
		Map<String, Object> shown = Map.of("error", new Object() {

			@Override
			public String toString() {
				throw new AssertionError("provoked");
			}

		}, "map", new AbstractMap<String, String>() {

			@Override
			public Set<Entry<String, String>> entrySet() {
				throw new NoClassDefFoundError("provoked");
			}

		}, "fine", 1);

		assertThat(this.values.of(shown, true)).containsOnly(Map.entry("error", "(cannot be shown: AssertionError)"),
				Map.entry("map", "(cannot be shown: NoClassDefFoundError)"), Map.entry("fine", 1));
	}

	@Test
	void arraysAreShownByWhatIsInThem() {
		Map<String, Object> shown = Map.of("bytes", new byte[] { 1, (byte) 0xAB }, "long", new byte[5000], "numbers",
				new int[] { 1, 2 }, "objects", new Object[] { "a", new String[] { "b" } }, "many", new long[5000]);

		Map<String, Object> values = this.values.of(shown, true);
		assertThat(values).containsEntry("bytes", "01ab")
			.containsEntry("numbers", List.of(1, 2))
			.containsEntry("objects", List.of("a", List.of("b")));
		assertThat(values.get("long")).asString().startsWith("0000").endsWith("...").hasSizeLessThan(2100);
		assertThat(values.get("many")).asInstanceOf(InstanceOfAssertFactories.LIST).hasSize(200);
	}

	@Test
	void aListThatContainsItselfOftenStaysSmall() {
		List<Object> cyclic = new ArrayList<>();
		cyclic.addAll(Collections.nCopies(200, cyclic));

		assertThat(count(this.values.of(Map.of("cyclic", cyclic), true))).isBetween(200, 3000);
	}

	@Test
	void aMapThatContainsItselfOftenStaysSmall() {
		Map<String, Object> cyclic = new LinkedHashMap<>();
		for (int i = 0; i < 200; i++) {
			cyclic.put("entry" + i, cyclic);
		}

		assertThat(count(this.values.of(cyclic, true))).isBetween(200, 3000);
	}

	@Test
	void theFirstEntriesCountAmongAll() {
		Map<String, Object> lists = new LinkedHashMap<>();
		for (int i = 0; i < 200; i++) {
			lists.put("entry" + i, Collections.nCopies(20, i));
		}

		Map<String, Object> shown = this.values.of(lists, true);
		assertThat(shown).hasSize(200);
		// The map itself is no entry.
		assertThat(count(shown) - 1).isEqualTo(2000);
	}

	@Test
	void whatLiesDeepIsNotMadeText() {
		// As text it would be 2^40 words.
		List<?> deep = List.of("word");
		for (int i = 0; i < 40; i++) {
			deep = List.of(deep, deep);
		}

		assertThat(this.values.of(Map.of("deep", deep), true).toString()).contains("...").hasSizeLessThan(2000);
	}

	@Test
	void keysAreAbortedAndMayBeNull() {
		Map<String, Object> details = new HashMap<>();
		details.put(null, 1);
		details.put("k".repeat(5000), 2);

		assertThat(this.values.of(details, true)).hasSize(2)
			.containsEntry("null", 1)
			.allSatisfy((key, value) -> assertThat(key).hasSizeLessThan(2100));
		assertThat(this.values.of(details, false)).containsEntry("null", "******");
	}

	@Test
	void notMoreEntriesThanSomebodyReads() {
		Map<String, Object> details = new HashMap<>();
		for (int i = 0; i < 10_000; i++) {
			details.put("entry" + i, i);
		}

		assertThat(this.values.of(details, true)).hasSize(200);
		assertThat(this.values.of(details, false)).hasSize(200);
	}

	private static int count(Object shown) {
		if (shown instanceof Map<?, ?> map) {
			return 1 + map.values().stream().mapToInt(ShownValuesTests::count).sum();
		}
		return (shown instanceof List<?> list) ? 1 + list.stream().mapToInt(ShownValuesTests::count).sum() : 1;
	}

}
