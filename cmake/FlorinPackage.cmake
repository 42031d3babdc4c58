# `cmake --install` and `cpack`: the program, the DuckDB it was built with beside it, and what to read.
# Included last, when every target is there.
include(GNUInstallDirs)

install(TARGETS florin RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(FILES ${CMAKE_SOURCE_DIR}/LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})
foreach(page README.md CHANGELOG.md ARCHITECTURE.md)
  install(FILES ${CMAKE_SOURCE_DIR}/${page} DESTINATION ${CMAKE_INSTALL_DOCDIR} OPTIONAL)
endforeach()
install(DIRECTORY ${CMAKE_SOURCE_DIR}/docs/ DESTINATION ${CMAKE_INSTALL_DOCDIR} FILES_MATCHING PATTERN "*.md"
        PATTERN "*.png")

# Debian has no DuckDB: ours goes into a folder of its own, where no other program finds it.
set(florin_libraries_folder lib/florin)
get_target_property(duckdb_library DuckDB::duckdb IMPORTED_LOCATION)
install(FILES ${duckdb_library} DESTINATION ${florin_libraries_folder}
        PERMISSIONS OWNER_READ OWNER_WRITE GROUP_READ WORLD_READ)
install(FILES ${CMAKE_SOURCE_DIR}/.deps/duckdb/LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR} RENAME LICENSE.duckdb
        OPTIONAL)
set_target_properties(florin PROPERTIES INSTALL_RPATH "$ORIGIN/../${florin_libraries_folder}")

# Installing the program does not build the tests.
set(CMAKE_SKIP_INSTALL_ALL_DEPENDENCY ON)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME florin)
set(CPACK_PACKAGE_VENDOR "The Florin authors")
set(CPACK_PACKAGE_CONTACT "The Florin authors <florin@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "FinOps engine: an exact ledger of cloud bills")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION utils)
set(CPACK_DEBIAN_COMPRESSION_TYPE zstd)
# Debian 12's names of the libraries that the program and libduckdb.so load; test/package compares them.
set(CPACK_DEBIAN_PACKAGE_DEPENDS "libc6 (>= 2.36), libgcc-s1, libstdc++6 (>= 12), libfmt9, libsqlite3-0 (>= 3.40), \
libssl3, libxxhash0, libyaml-cpp0.7, libzstd1, zlib1g")
include(CPack)
