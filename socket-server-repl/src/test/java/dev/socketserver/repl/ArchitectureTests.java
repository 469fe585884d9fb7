package dev.socketserver.repl;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import dev.socketserver.fixtures.architecture.ModuleRules;
import dev.socketserver.repl.terminal.ClientOutput;
import dev.socketserver.repl.terminal.Typed;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import org.springframework.asm.ClassReader;
import org.springframework.asm.ClassVisitor;
import org.springframework.asm.MethodVisitor;
import org.springframework.asm.Opcodes;
import org.springframework.asm.SpringAsmInfo;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

class ArchitectureTests {

	private static final JavaClasses MAIN = new ClassFileImporter().importPath(Path.of("target/classes"));

	@Test
	void packagesHaveNoCycles() {
		ModuleRules.packagesHaveNoCycles().check(MAIN);
	}

	/** CVE-2023-20863, CVE-2026-41850, -41851, -59283: an expression is code. */
	@Test
	void expressionsAreEvaluatedInOneRoom() {
		noClasses().that()
			.resideOutsideOfPackage("dev.socketserver.repl.evaluate..")
			.should()
			.dependOnClassesThat()
			.resideInAnyPackage("org.springframework.expression..", "jdk.jshell..", "javax.script..")
			.because("whoever asks what can run code needs to read that room only")
			.check(MAIN);
	}

	@Test
	void evaluatingKnowsNoSessions() {
		noClasses().that()
			.resideInAPackage("dev.socketserver.repl.evaluate..")
			.should()
			.dependOnClassesThat()
			.resideInAnyPackage("dev.socketserver", "dev.socketserver.repl", "dev.socketserver.repl.terminal..")
			.because("a language can be read and tested without a socket")
			.check(MAIN);
	}

	/** Up to Java 23, a virtual thread that waits with a monitor keeps its carrier. */
	@Test
	void noMonitorIsHeldWhereASessionMayWaitForItsPeer() {
		noClasses().should()
			.callMethod(Object.class, "wait")
			.orShould()
			.callMethod(TimeUnit.class, "timedWait", Object.class, long.class)
			.because("conditions of a lock are waited for without a carrier")
			.check(MAIN);
		List<JavaClass> waiting = MAIN.stream().filter(ArchitectureTests::readsOrWrites).toList();
		assertThat(waiting).extracting(JavaClass::getSimpleName)
			.contains("ClientOutput", "Typed", "PasswordEcho", "ReplSession");
		assertThat(waiting).filteredOn(ArchitectureTests::hasMonitor).extracting(JavaClass::getSimpleName).isEmpty();
	}

	/** What is typed and what is printed are waited for there. */
	private static boolean readsOrWrites(JavaClass type) {
		return Stream.concat(Stream.of(type), type.getFields().stream().map(JavaField::getRawType))
			.anyMatch((each) -> each.isEquivalentTo(ClientOutput.class) || each.isEquivalentTo(Typed.class));
	}

	private static boolean hasMonitor(JavaClass type) {
		if (type.getMethods()
			.stream()
			.anyMatch((method) -> method.getModifiers().contains(JavaModifier.SYNCHRONIZED))) {
			return true;
		}
		AtomicBoolean found = new AtomicBoolean();
		try (InputStream bytes = type.getSource().orElseThrow().getUri().toURL().openStream()) {
			new ClassReader(bytes).accept(new ClassVisitor(SpringAsmInfo.ASM_VERSION) {

				@Override
				public MethodVisitor visitMethod(int access, String name, String descriptor, @Nullable String signature,
						String @Nullable [] exceptions) {
					return new MethodVisitor(SpringAsmInfo.ASM_VERSION) {

						@Override
						public void visitInsn(int opcode) {
							if (opcode == Opcodes.MONITORENTER) {
								found.set(true);
							}
						}

					};
				}

			}, ClassReader.SKIP_DEBUG);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		return found.get();
	}

	@Test
	void autoConfigurationsAreFinal() {
		ModuleRules.autoConfigurationsAreFinal()
			.because("applications may name them, to exclude or order, and nothing else")
			.check(MAIN);
	}

}
