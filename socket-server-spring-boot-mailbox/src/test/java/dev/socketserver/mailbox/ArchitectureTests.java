package dev.socketserver.mailbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static com.tngtech.archunit.core.domain.JavaAccess.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

class ArchitectureTests {

	private static final String ROOT = "mailbox";

	private static final JavaClasses MAIN = new ClassFileImporter()
		.withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
		.importPath(Path.of("target/classes"));

	private static final JavaClasses TESTS = new ClassFileImporter().importPath(Path.of("target/test-classes"));

	@Test
	void whatIsInsideTheCoreStaysThere() {
		noClasses().should()
			.dependOnClassesThat()
			.resideInAnyPackage("dev.socketserver.engine..", "dev.socketserver.netty..", "io.netty..")
			.because("letters are sent as any module could send them")
			.check(MAIN);
	}

	@Test
	void deliveriesDoNotKnowWhereLettersAre() {
		noClasses().that()
			.resideInAnyPackage("dev.socketserver.mailbox", "dev.socketserver.mailbox.store..",
					"dev.socketserver.mailbox.delivery..")
			.should()
			.dependOnClassesThat()
			.resideInAnyPackage("org.springframework..", "java.sql..", "javax.sql..")
			.because("each store does the same")
			.check(MAIN);
	}

	@ParameterizedTest
	@ValueSource(strings = { "store", "delivery", "jdbc", "redis", "actuate" })
	void roomsDependOnWhatTheyName(String room) throws IOException {
		Set<String> found = MAIN.stream()
			.filter((type) -> room(type).equals(room))
			.flatMap((type) -> type.getDirectDependenciesFromSelf().stream())
			.map((dependency) -> room(dependency.getTargetClass()))
			.collect(Collectors.toCollection(TreeSet::new));
		found.removeAll(Set.of("", room));
		assertThat(found).isEqualTo(named(room));
	}

	private static String room(JavaClass type) {
		Matcher matcher = Pattern.compile("dev\\.socketserver\\.mailbox(?:\\.(\\w+))?").matcher(type.getPackageName());
		return !matcher.matches() ? "" : (matcher.group(1) != null) ? matcher.group(1) : ROOT;
	}

	private static Set<String> named(String room) throws IOException {
		String text = Files
			.readString(Path.of("src/main/java/dev/socketserver/mailbox").resolve(room).resolve("package-info.java"))
			.replaceAll("\\s+(\\* )?", " ");
		Matcher sentence = Pattern.compile("[Dd]epends on ([^.;]+)[.;]").matcher(text);
		assertThat(sentence.find()).as("rooms that '%s' depends on", room).isTrue();
		return Pattern.compile("\\{@code (\\w+)}")
			.matcher(sentence.group(1))
			.results()
			.map((found) -> found.group(1))
			.collect(Collectors.toCollection(TreeSet::new));
	}

	@Test
	void nobodySleepsOrPrints() {
		for (JavaClasses classes : new JavaClasses[] { MAIN, TESTS }) {
			noClasses().should()
				.callMethodWhere(target(owner(assignableTo(Thread.class))).and(target(name("sleep"))))
				.because("time is waited for by conditions, with a limit")
				.check(classes);
		}
		noClasses().should()
			.accessField(System.class, "out")
			.orShould()
			.accessField(System.class, "err")
			.because("messages go to the log")
			.check(MAIN);
	}

	@Test
	void nothingFollowsTheClockOfTheNode() {
		noClasses().should()
			.callMethod(System.class, "currentTimeMillis")
			.because("only the clock of the store counts")
			.check(MAIN);
	}

	@Test
	void everyPackageIsNullMarked() {
		assertThat(MAIN.stream().map((type) -> type.getPackage()).distinct())
			.allMatch((inPackage) -> inPackage.isAnnotatedWith(NullMarked.class));
	}

}
