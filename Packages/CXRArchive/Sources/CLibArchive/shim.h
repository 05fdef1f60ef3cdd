#pragma once
#include <archive.h>
#include <archive_entry.h>
#include <libdeflate.h>
#include <zlib.h>
