package dev.socketserver.cluster;

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

	private static final JavaClasses MAIN = new ClassFileImporter()
		.withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
		.importPath(Path.of("target/classes"));

	private static final JavaClasses TESTS = new ClassFileImporter().importPath(Path.of("target/test-classes"));

	@Test
	void nodesAreToldApartFromWhatTheyRunOn() {
		noClasses().should()
			.dependOnClassesThat()
			.resideInAnyPackage("org.springframework..", "io.netty..", "dev.socketserver.netty..")
			.because("a node has a directory, a bus and a clock, whatever these are made of")
			.check(MAIN);
	}

	@Test
	void theCoreIsUsedByItsInterfaceForClusters() {
		noClasses().should()
			.dependOnClassesThat(JavaClass.Predicates.resideInAPackage("dev.socketserver.engine..")
				.and(JavaClass.Predicates.resideOutsideOfPackage("dev.socketserver.engine.log..")))
			.because("a cluster knows sessions as the core shows them, and logs as it does")
			.check(MAIN);
	}

	@ParameterizedTest
	@ValueSource(strings = { "directory", "message", "node" })
	void roomsDependOnWhatTheyName(String room) throws IOException {
		Set<String> found = MAIN.stream()
			.filter((type) -> room(type).equals(room))
			.flatMap((type) -> type.getDirectDependenciesFromSelf().stream())
			.map((dependency) -> room(dependency.getTargetClass()))
			.collect(Collectors.toCollection(TreeSet::new));
		found.removeAll(Set.of("", "spi", room));
		assertThat(found).isEqualTo(named(room));
	}

	private static String room(JavaClass type) {
		Matcher matcher = Pattern.compile("dev\\.socketserver\\.cluster\\.(\\w+)").matcher(type.getPackageName());
		return matcher.matches() ? matcher.group(1) : "";
	}

	private static Set<String> named(String room) throws IOException {
		String text = Files
			.readString(Path.of("src/main/java/dev/socketserver/cluster").resolve(room).resolve("package-info.java"))
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
		noClasses().should()
			.accessField(System.class, "out")
			.orShould()
			.accessField(System.class, "err")
			.because("messages go to the log")
			.check(MAIN);
		for (JavaClasses classes : new JavaClasses[] { MAIN, TESTS }) {
			noClasses().should()
				.callMethodWhere(target(owner(assignableTo(Thread.class))).and(target(name("sleep"))))
				.because("time is waited for by conditions, with a limit")
				.check(classes);
		}
	}

	@Test
	void loggersThatThrowHarmNobody() {
		noClasses().should().dependOnClassesThat().resideInAPackage("org.slf4j..").check(MAIN);
	}

	@Test
	void timeoutsDoNotFollowTheWallClock() {
		noClasses().should().callMethod(System.class, "currentTimeMillis").because("the wall clock jumps").check(MAIN);
	}

	@Test
	void everyPackageIsNullMarked() {
		assertThat(MAIN.stream().map((type) -> type.getPackage()).distinct())
			.allMatch((inPackage) -> inPackage.isAnnotatedWith(NullMarked.class));
	}

}
